#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Word tables of the netlink spec, for those who show its words to people.

  words.py SPEC --reasons   X-macro of the reasons, for the kernel
  words.py SPEC --words     enum words, their help and attribute names, for dsrctl
"""
import sys

import yaml

HEADER = """/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit directly, auto-generated from:
 *	Documentation/netlink/specs/dsr.yaml
 * by tools/ynl/regen.sh
 */
"""


def c_name(word):
    return word.replace("-", "_")


def entries(definition):
    """The (word, value, help) of an enum, values counted as YNL counts them."""
    value = definition.get("value-start", 0)
    for entry in definition["entries"]:
        if isinstance(entry, str):
            entry = {"name": entry}
        value = entry.get("value", value)
        yield entry["name"], value, " ".join(entry.get("doc", "").split())
        value += 1


def write_reasons(spec):
    print(HEADER)
    print("#ifndef _DSR_CORE_REASON_GEN_H\n#define _DSR_CORE_REASON_GEN_H\n")
    print("/* DSR_REASONS(X) - X(enum suffix, file name) for each reason, in order */")
    words = [d for d in spec["definitions"] if d["name"] == "reason"][0]
    lines = [f"\tX({c_name(word).upper()}, {c_name(word)})"
             for word, _, _ in entries(words)]
    print("#define DSR_REASONS(X) \\\n" + " \\\n".join(lines))
    print("\n#endif /* _DSR_CORE_REASON_GEN_H */")


def write_words(spec):
    print(HEADER)
    print("#ifndef _DSRCTL_WORDS_GEN_H\n#define _DSRCTL_WORDS_GEN_H\n")
    print("struct word {\n\tunsigned int value;\n\tconst char *word;\n"
          "\tconst char *help;\n};\n")
    for definition in spec["definitions"]:
        if definition["type"] != "enum":
            continue
        print(f"static const struct word {c_name(definition['name'])}_words[] = {{")
        for word, value, doc in entries(definition):
            quoted = doc.replace('"', '\\"')
            print(f'\t{{ {value}, "{word}",\n\t  "{quoted}" }},')
        print("\t{ 0, 0, 0 }\n};\n")
    for attrs in spec["attribute-sets"]:
        print(f"static const char *const {c_name(attrs['name'])}_attrs[] = {{")
        for number, attr in enumerate(attrs["attributes"], 1):
            print(f'\t[{number}] = "{attr["name"]}",')
        print("};\n")
    print("#endif /* _DSRCTL_WORDS_GEN_H */")


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in ("--reasons", "--words"):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as stream:
        spec = yaml.safe_load(stream)
    {"--reasons": write_reasons, "--words": write_words}[sys.argv[2]](spec)


if __name__ == "__main__":
    main()

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that what is generated from Documentation/netlink/specs/dsr.yaml and checked in is what
# the generator makes of it today, and that the kernel's own schema accepts the spec. Runs on the
# host, needs no module but the netlink tools of linux-source-6.12: in YNL_DIR (its tools/net/ynl)
# or where selftests/vm/kernels.sh puts them.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$here/dsr_lib.sh"
top=$(readlink -f "$here/..")
spec=Documentation/netlink/specs/dsr.yaml
generated=(dsr_mod/uapi/linux/dsr.h dsr_mod/ctl/nl_gen.h dsr_mod/ctl/nl_gen.c
	dsr_mod/core/reason_gen.h tools/dsrctl/words_gen.h)

need python3
ynl_find || skip "no netlink tools of linux-source-6.12 (selftests/vm/kernels.sh fetch source)"
python3 -c 'import yaml, jsonschema' 2>/dev/null || skip "needs python3-yaml and python3-jsonschema"
kernel=$(readlink -f "$ynl_dir/../../..")

# valid SPEC: as the kernel's client judges it, schema and all.
valid() {
	PYTHONPATH=$ynl_dir/lib python3 - "$kernel/Documentation/netlink/genetlink-legacy.yaml" "$1" <<-'END'
		import sys, yaml, jsonschema
		schema, spec = (yaml.safe_load(open(name)) for name in sys.argv[1:])
		jsonschema.validate(spec, schema)
	END
}

check "the kernel's schema accepts the spec" valid "$top/$spec"
sed 's/^protocol: .*/protocol: other/' "$top/$spec" >"$tmp/wrong.yaml"
check_fails "and would refuse a wrong one" valid "$tmp/wrong.yaml"

mkdir "$tmp/out"
if check "the generator runs" "$top/tools/ynl/regen.sh" "$kernel" "$tmp/out"; then
	for file in "${generated[@]}"; do
		check "$file is up to date" diff -u "$top/$file" "$tmp/out/$file"
	done
	check_eq "nothing else is generated" "$(cd "$tmp/out" && find . -type f | sed 's,^./,,' | sort)" \
		"$(printf '%s\n' "${generated[@]}" | sort)"
fi
tap_done

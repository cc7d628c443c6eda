#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate what Documentation/netlink/specs/dsr.yaml is the truth of: the uapi
# header, the kernel's policies and operation table, and the word tables.
#
#   regen.sh KERNEL [OUT]
#
# KERNEL is an unpacked linux-source-6.12 (only tools/net/ynl and
# Documentation/netlink are read). OUT is the top of the tree to write to, this
# repository by default; the spec test gives an empty folder and compares.
set -euo pipefail

if [ $# -lt 1 ] || [ ! -f "$1/tools/net/ynl/ynl-gen-c.py" ]; then
	echo "usage: regen.sh KERNEL [OUT], KERNEL an unpacked linux-source-6.12" >&2
	exit 2
fi
kernel=$(realpath "$1")
top=$(realpath "$(dirname "$0")/../..")
out=$(realpath "${2:-$top}")
spec=Documentation/netlink/specs/dsr.yaml

# The generator finds the schema beside the spec's folder and names the spec in
# its output relative to the tree that has a MAINTAINERS file.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/Documentation/netlink/specs"
cp "$kernel"/Documentation/netlink/*.yaml "$scratch/Documentation/netlink/"
cp "$top/$spec" "$scratch/$spec"
touch "$scratch/MAINTAINERS"

gen() { # MODE KIND FILE
	mkdir -p "$(dirname "$out/$3")"
	(cd "$scratch" && python3 "$kernel/tools/net/ynl/ynl-gen-c.py" \
		--mode "$1" "--$2" --spec "$scratch/$spec" -o "$scratch/${3##*/}")
	mv "$scratch/${3##*/}" "$out/$3"
}

gen uapi header dsr_mod/uapi/linux/dsr.h
gen kernel header dsr_mod/ctl/nl_gen.h
gen kernel source dsr_mod/ctl/nl_gen.c
# The generator writes for a kernel newer than 6.1, where a policy wants its
# range writable, and leaves out the family only that would use its groups.
sed -i -e 's/^static const struct netlink_range_validation/static struct netlink_range_validation/' \
	-e '/^static const struct genl_multicast_group/,/^};/d' \
	"$out/dsr_mod/ctl/nl_gen.c"

mkdir -p "$out/dsr_mod/core" "$out/tools/dsrctl"
python3 "$top/tools/ynl/words.py" "$top/$spec" --reasons > "$out/dsr_mod/core/reason_gen.h"
python3 "$top/tools/ynl/words.py" "$top/$spec" --words > "$out/tools/dsrctl/words_gen.h"

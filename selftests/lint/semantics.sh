#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What reads the module's code as code: sparse, on the build for both kernels, and the kernel's
# own semantic patches in their report mode. KERNELS= chooses among the kernels.
# Timeout: 900

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need sparse spatch
kernel=$(kernel_source) || skip "no coccinelle scripts of linux-source-6.12 (selftests/vm/kernels.sh fetch source)"

# build KERNEL: what compiler and sparse say of the module in the current tree.
build() { selftests/vm/build.sh "$1" W=1 C=2 | sed "\,^/.*dsr[.]ko for ,d"; }

# semantic OUT SCRIPT DIR: a report by one of the kernel's semantic patches into OUT, with the
# options that it asks for, and what spatch says of its own troubles.
semantic() {
	local options name

	name=${2%.cocci}
	name=$1/$(basename "$(dirname "$name")")_${name##*/}
	read -ra options < <(sed -n 's,^///\? *Options: *,,p' "$2" | head -n 1)
	timeout 120 spatch -D report --no-show-diff --very-quiet --macro-file "$lint/cocci.h" \
		"${options[@]}" -I "$3" -I "$headers/include" -I "$headers/include/uapi" \
		-I "$headers/arch/x86/include" --cocci-file "$2" --dir "$3" >"$name.report" 2>"$name.error" ||
		echo "$2: spatch ended with status $?" >>"$name.error"
	# About scripts, not about us.
	sed -i '/should [a-z_]* be a metavariable/d' "$name.error"
}
export -f semantic

# coccinelle DIR SCRIPT...: by as many at a time as there are CPUs.
coccinelle() {
	local dir=$1 out

	out=$(mktemp -d "$tmp/cocci.XXX")
	printf '%s\0' "${@:2}" | xargs -0 -P "$(nproc)" -I {} bash -c 'semantic "$@"' - "$out" {} "$dir"
	cat "$out"/*.error "$out"/*.report
	shift
	[ "$(find "$out" -name '*.report' | wc -l)" -eq $# ] || echo "not every script has run"
}

# unread DIR: how many lines spatch cannot make sense of, and so looks through no script's eyes at.
unread() {
	spatch --macro-file "$lint/cocci.h" --parse-c "$1" 2>&1 |
		sed -n 's/^nb good = .*nb bad = \([0-9]*\) .*/\1/p'
}

export lint
eval "$("$selftests/vm/kernels.sh" env 6.12)"
export headers=${KDIR%-amd64}-common
scripts_at=$kernel/scripts/coccinelle
scripts=()
while IFS= read -r script; do
	case $script in
	# Written in OCaml, for which there would have to be a compiler; the first is about one driver.
	*/api/check_bq27xxx_data.cocci | */null/badzero.cocci) continue ;;
	esac
	scripts+=("$script")
done < <(find "$scripts_at" -name '*.cocci' | sort)

# A module of one file, and what builds it.
plant Kbuild <<<'obj-m := dsr_mod/'
plant dsr_mod/Kbuild <<<'obj-m := planted.o'
plant dsr_mod/planted.c <<'END'
// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/slab.h>

struct planted {
	__be16 port;
};

static int __init planted_init(void)
{
	struct planted *p;

	p = kmalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	memset(p, 0, sizeof(*p));
	p->port = 80;
	kfree(p);
	return p->port;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("planted");
MODULE_LICENSE("GPL");
END
mkdir -p "$planted/selftests"
cp -r "$selftests/vm" "$planted/selftests/"

export DSR_OUT=$planted/out
caught "sparse sees a fault" "planted.c:17:17: warning: incorrect type in assignment" build 6.12
unset DSR_OUT
find "$planted/out" -name '*.mod.c' -delete
caught "semantic patches see a fault" "planted.c:13:5-12: WARNING: kzalloc should be used for p" \
	coccinelle dsr_mod "$scripts_at"/{api/alloc/zalloc-simple,free/kfree}.cocci
caught "and another" "planted.c:19:8-9: ERROR: reference preceded by free on line 18" \
	coccinelle dsr_mod "$scripts_at"/{api/alloc/zalloc-simple,free/kfree}.cocci
plant bad/broken.cocci <<<'@ nothing'
caught "one that cannot be run is seen" "spatch ended with status" coccinelle dsr_mod bad/broken.cocci
plant odd/odd.c <<<$'int f(void)\n{\n\tint a[2] STRANGE;\n\n\treturn a[1] ODD;\n}'
check "what cannot be read as C is counted" test "$(unread "$planted/odd")" -gt 2

for series in ${KERNELS:-6.1 6.12}; do
	clean "sparse, and the compiler's W=1, for $series" build "$series"
done
clean "${#scripts[@]} semantic patches" coccinelle dsr_mod "${scripts[@]}"
# The elements of an X macro are two lines, and no code.
check "they can read all of the module" test "$(unread "$top/dsr_mod")" -le 2
tap_done

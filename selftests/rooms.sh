#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the rooms of the source keep their order: who includes whom, who may ask for the
# kernel's version, and that every symbol of the module is its own. Runs on the host, needs no
# module (DSR_KO, if it is there, is looked into).
#
#     uapi <- core <- sched <- path <- role <- ctl <- main        ctl never includes path
#
# A forbidden edge is named with file and line. That the check can fail at all is tested first, on
# a tree with planted violations.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
top=$(readlink -f "$here/..")

# The rooms that each room may include, besides itself.
declare -A may=(
	[uapi]=''
	[core]='uapi'
	[sched]='uapi core'
	[path]='uapi core sched'
	[role]='uapi core path'
	[ctl]='uapi core sched role'
	[main]='uapi core sched path role ctl'
	[tools]='uapi'
	[selftests]='uapi'
	[unit]='uapi core sched path'
)

# room_of FILE: FILE is relative to the top of the tree.
room_of() {
	local dir

	case $1 in
	dsr_mod/compat/*) echo compat ;;
	dsr_mod/*/*) dir=${1#dsr_mod/}; echo "${dir%%/*}" ;;
	dsr_mod/*) echo main ;;
	selftests/unit/* | selftests/fuzz/*) echo unit ;;
	*) echo "${1%%/*}" ;;
	esac
}

# target_of DIR NAME: the room an #include leads to, nothing if it leads out of the tree.
target_of() {
	local dir=$1 name=$2 path

	case $name in
	linux/dsr.h | uapi/linux/dsr.h) echo uapi; return ;;
	esac
	for path in "$dir/$name" "dsr_mod/$name"; do
		path=$(realpath -m --relative-to=. "$path")
		case $path in
		dsr_mod/*/* | tools/*/* | selftests/*/*)
			[ -e "$path" ] || continue
			room_of "$path"
			return
			;;
		esac
	done
	# A file that is not there is still an edge to its room, if it names one.
	name=${name#dsr_mod/}
	[ -z "${may[${name%%/*}]+x}" ] || [ "$name" = "${name#*/}" ] || echo "${name%%/*}"
}

# edges TREE: one line for each forbidden #include.
edges() (
	cd "$1" || exit
	grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]' \
		dsr_mod tools selftests 2>/dev/null | sort -t: -k1,1 -k2n |
		while IFS=: read -r file line text; do
			case $text in
			*\"*\"*) name=${text#*\"} name=${name%%\"*} ;;
			*\<*\>*) name=${text#*<} name=${name%%>*} ;;
			esac
			# The kernel's own headers are most of them and no edge.
			case $name in linux/dsr.h) ;; linux/* | net/* | asm/* | sys/*) continue ;; esac
			from=$(room_of "$file")
			[ "$from" != compat ] || continue
			to=$(target_of "$(dirname "$file")" "$name")
			if [ -z "$to" ] || [ "$to" = "$from" ]; then continue; fi
			case " ${may[$from]} " in *" $to "*) continue ;; esac
			echo "$file:$line: $from may not include $to ($name)"
		done
)

# versions TREE: places outside compat that ask which kernel this is.
versions() (
	cd "$1" || exit
	grep -rnE --include='*.[ch]' --include=Kbuild --include='Makefile*' \
		'LINUX_VERSION_CODE|KERNEL_VERSION|linux/version\.h|UTS_RELEASE' dsr_mod 2>/dev/null |
		grep -v '^dsr_mod/compat/' | sed 's/\(:[0-9]*:\).*/\1 asks for the kernel version/'
)

# symbols MODULE: global names that are neither dsr_ nor the module's entry points.
symbols() {
	nm --defined-only "$1" | awk '$2 ~ /^[A-Z]$/ && $2 != "U" {
		name = $3
		sub(/^__(pfx|cfi)_/, "", name)
		if (name !~ /^dsr_/ && name !~ /^(init_module|cleanup_module|__this_module)$/ &&
		    name !~ /^(_note_|__mod_|__UNIQUE_ID|__crc_|__(start|stop)_alloc_tags)/ && $2 !~ /[AVW]/)
			print $3
	}'
}

# plant FILE LINE: write LINE as the second line of a file of the planted tree.
plant() {
	mkdir -p "$(dirname "$tree/$1")"
	printf '// SPDX-License-Identifier: GPL-2.0\n%s\n' "$2" >>"$tree/$1"
}

self_test() {
	local want

	tree=$(mktemp -d)
	trap 'rm -rf "$tree"' RETURN
	plant dsr_mod/uapi/linux/dsr.h ''
	plant dsr_mod/core/addr.h '#include "uapi/linux/dsr.h"'
	plant dsr_mod/core/bad.c '#include "sched/sched.h"'
	plant dsr_mod/sched/sched.h '#include "core/addr.h"'
	plant dsr_mod/sched/bad.c '#include "../path/pkt.h"'
	plant dsr_mod/path/pkt.h '#include "sched/sched.h"'
	plant dsr_mod/path/bad.c '#  include <ctl/ctl.h>'
	plant dsr_mod/role/balancer.c '#include "path/pkt.h"'
	plant dsr_mod/role/bad.h '#include "ctl/missing.h"'
	plant dsr_mod/ctl/ctl.h '#include "role/role.h"'
	plant dsr_mod/ctl/bad.c '#include "path/pkt.h"'
	plant dsr_mod/main.c '#include "ctl/ctl.h"'
	plant dsr_mod/compat/linux/skbuff.h '#include <linux/version.h>'
	plant dsr_mod/path/version.c '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)'
	plant tools/dsrctl/nl.c '#include <linux/dsr.h>'
	plant tools/dsrctl/bad.c '#include "../../dsr_mod/core/addr.h"'
	plant selftests/unit/unit_x.c '#include "../../dsr_mod/sched/sched.h"'
	plant selftests/bad.c '#include "core/addr.h"'
	want='dsr_mod/core/bad.c:2: core may not include sched (sched/sched.h)
dsr_mod/ctl/bad.c:2: ctl may not include path (path/pkt.h)
dsr_mod/path/bad.c:2: path may not include ctl (ctl/ctl.h)
dsr_mod/path/version.c:2: asks for the kernel version
dsr_mod/role/bad.h:2: role may not include ctl (ctl/missing.h)
dsr_mod/sched/bad.c:2: sched may not include path (../path/pkt.h)
selftests/bad.c:2: selftests may not include core (core/addr.h)
tools/dsrctl/bad.c:2: tools may not include core (../../dsr_mod/core/addr.h)'
	[ "$({ edges "$tree"; versions "$tree"; } | sort)" = "$want" ]
}

# The module's linker knows nothing of rooms: any object will do.
symbols_test() {
	printf '%s\n' 'int dsr_good;' 'static int quiet = 1;' 'int *dsr_use = &quiet;' \
		'int init_module(void) { return 0; }' 'int stray(void) { return 1; }' >"$tmp/symbols.c"
	gcc -c -o "$tmp/symbols.o" "$tmp/symbols.c" && [ "$(symbols "$tmp/symbols.o")" = stray ]
}

check "planted violations are named with file and line" self_test
check_eq "no room includes what is above it" "$(edges "$top")" ""
check_eq "only compat asks for the kernel version" "$(versions "$top")" ""
if ! { command -v nm && command -v gcc; } >/dev/null; then
	tap_skip "every global symbol of the module begins with dsr_" "needs nm and gcc"
elif [ ! -f "$DSR_KO" ]; then
	tap_skip "every global symbol of the module begins with dsr_" "no module at $DSR_KO"
else
	check "a planted symbol is named" symbols_test
	check_eq "every global symbol of the module begins with dsr_" "$(symbols "$DSR_KO")" ""
fi
tap_done

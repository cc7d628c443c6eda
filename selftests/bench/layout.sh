#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# layout.sh [6.1|6.12]: the structures that a packet meets, by cache line, as pahole has them from
# the module that is built for that kernel (default 6.12). Members that a packet reads are marked
# with "r", those it writes with "w": they are named in layout.hot beside this, and a name that
# the structure does not have (any more) is an error.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"
cd "$top" || exit 1

kernel=${1:-6.12}
module=out/build/$kernel/dsr_mod/dsr.ko
"$here/../vm/build.sh" "$kernel" >/dev/null || die "build for $kernel"

# by_line STRUCT READ WRITTEN: pahole's members, those of one cache line together.
by_line() {
	pahole -C "$1" "$module" 2>/dev/null | awk -v struct="$1" -v read="$2" -v written="$3" '
		BEGIN {
			n = split(read, name, " ")
			for (i = 1; i <= n; i++) hot[name[i]] = "r"
			n = split(written, name, " ")
			for (i = 1; i <= n; i++) hot[name[i]] = "w"
		}
		# What is inside of a member has more tabs; that with a name stands for an anonymous union.
		/^\t\t} [a-z_]+;/ { inner = $2; sub(/;.*/, "", inner) }
		# A member: what it is called, where it is, how long it is.
		/^\t[^\t}\/].*;.*\/\* *[0-9]+ +[0-9]+ \*\/$/ || /^\t}.*;.*\/\* *[0-9]+ +[0-9]+ \*\/$/ {
			from = $(NF - 2); len = $(NF - 1)
			sub(/ *\/\*.*/, "")
			sub(/ __attribute__.*/, "")
			sub(/;$/, "")
			member = $NF
			if (member == "}") member = inner
			if (match($0, /\(\*[a-z_]+\)/)) member = substr($0, RSTART + 2, RLENGTH - 3)
			sub(/\[.*/, "", member)
			sub(/^\*+/, "", member)
			place(member, from, len)
		}
		/size: / && !size { size = $3; sub(/,/, "", size) }
		function place(member, from, len,    l, mark, to) {
			to = len ? from + len - 1 : from
			mark = hot[member]
			seen[member] = 1
			l = int(from / 64)
			if (mark) touched[l] = touched[l] mark
			line[l] = line[l] sprintf("%s%s%s", line[l] ? "  " : "", mark ? mark ":" : "", member)
			if (int(to / 64) > l) line[l] = line[l] "..."
			if (l > last) last = l
		}
		END {
			if (size == "") { print "no struct " struct >"/dev/stderr"; exit 1 }
			for (m in hot) if (!(m in seen)) { print struct " has no " m >"/dev/stderr"; exit 1 }
			printf "%s: %d bytes\n", struct, size
			for (l = 0; l <= last; l++) {
				if (!(l in line)) continue
				printf "  %s %6d  ", touched[l] ? "*" : " ", l * 64
				n = split(line[l], word, "  "); col = 0
				for (i = 1; i <= n; i++) {
					if (col + length(word[i]) > 84) { printf "\n            "; col = 0 }
					printf "%s%s", col ? " " : "", word[i]
					col += length(word[i]) + 1
				}
				print ""
			}
		}'
}

# each structure of layout.hot: its name, what is read, "/", what is written
failed=0
while IFS=: read -r struct members; do
	[[ $struct != \#* && -n $struct ]] || continue
	by_line "$struct" "${members%/*}" "$(case $members in */*) echo "${members#*/}" ;; esac)" || failed=1
done <"$here/layout.hot"
[ $failed -eq 0 ] || die "selftests/bench/layout.hot is not what the structures are"

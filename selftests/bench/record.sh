#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# record.sh [6.1|6.12]...: measures our main paths (half a minute for each kernel) and compares them
# with what is kept in the file "recorded" beside this. Instructions are counted, not time, so a busy
# machine gives the same. More than 3 % above it fails: whoever makes the packet path dearer does it
# knowingly. What is more than 3 % below is said, so that what was won is kept:
# `record.sh --update` writes down what is measured. `make check` runs this.
# Builds and fetches what lacks.
#   TOLERANCE=3   per cent; but at least 6 instructions, of what is short
#   DSR_KO=       the module to measure, for one kernel; else it is built
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"

update=''
[ "${1:-}" != --update ] || { update=yes; shift; }
[ $# -gt 0 ] || { read -ra kernels <<<"${KERNELS:-6.1 6.12}"; set -- "${kernels[@]}"; }
recorded=$here/recorded
failed=0
cd "$top" || exit 1

# measured KERNEL: "KERNEL PATH INSTRUCTIONS" for each path.
measured() {
	local out=$top/out/bench/record-$1

	rm -rf "$out"
	mkdir -p "$out"
	{
		[ "${DSR_KO:-}" ] || "$here/../vm/build.sh" "$1" || return 1
		make -s -C tools/dsrctl || return 1
		cp "${DSR_KO:-out/build/$1/dsr_mod/dsr.ko}" "$out/dsr.ko"
		cp tools/dsrctl/dsrctl "$out/"
		gcc -O2 -Wall -Wextra -Werror -o "$out/source" "$here/source.c" || return 1
		SOURCE=$out/source DSR_KO=$out/dsr.ko DSRCTL=$out/dsrctl ICOUNT=1 LIMIT=${LIMIT:-180} \
			COUNT=10000 WARM=4000 PASS='DSR_KO DSRCTL SOURCE COUNT WARM' \
			"$here/../vm/run.sh" --kernel "$1" --out "$out" --script "$here/guest.sh" recorded || return 1
	} >"$out/log" 2>&1 </dev/null
	awk -F '\t' -v kernel="$1" '
		$2 == "stack" { stack = $3 }
		$2 ~ /^dsr-/ { printf "%s %s %.0f\n", kernel, $2, $3 - $4 }
		$2 ~ /^pass-/ { printf "%s %s %.0f\n", kernel, $2, $3 - stack }' "$out/bench.tsv"
}

for kernel; do
	if ! lines=$(measured "$kernel") || [ -z "$lines" ]; then
		tail -n 20 "out/bench/record-$kernel/log"
		echo "not ok $kernel: could not be measured: out/bench/record-$kernel"
		failed=1
		continue
	fi
	if [ "$update" ]; then
		touch "$recorded"
		rest=$(grep -v "^$kernel " "$recorded")
		printf '%s\n' "$rest" "$lines" | grep -v '^$' >"$recorded"
		printf '%s\n' "$lines"
		continue
	fi
	awk -v tolerance="${TOLERANCE:-3}" -v kernel="$kernel" '
		FNR == NR { if ($1 == kernel) was[$2] = $3; next }
		!($2 in was) { print "not ok " $1 " " $2 ": nothing is recorded"; bad = 1; next }
		{
			room = was[$2] * tolerance / 100
			if (room < 6) room = 6
			apart = $3 - was[$2]
			good = apart <= room
			printf "%s %s %s: %d instructions, recorded %d (%+d)%s\n",
				good ? "ok" : "not ok", $1, $2, $3, was[$2], apart,
				(-apart > room ? " # cheaper: record.sh --update keeps it" : "")
			if (!good) bad = 1
			delete was[$2]
		}
		END {
			for (path in was) { print "not ok " kernel " " path ": was not measured"; bad = 1 }
			exit bad
		}' "$recorded" - <<<"$lines" || failed=1
done
[ $failed -eq 0 ] || [ "$update" ] || echo "# meant to be so? selftests/bench/record.sh --update writes down what is measured now"
exit $failed

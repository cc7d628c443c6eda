#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make bench-native`: nanoseconds per packet at this machine's own speed, of us and of those who do
# the same, and what becomes of them when there is more to remember than the caches hold. In
# User-Mode Linux built from Debian's source: nothing is emulated, nothing of this host's network is
# touched. Nothing passes or fails by time. How to read it: Documentation/networking/dsr-performance.rst.
#   native.sh [--json FILE] [GROUP]...   groups: paths flows services reals; default all
#   ROUNDS=15           how often each path has its turn
#   COUNT=40000         packets of a turn, after WARM=20000 that are not counted
#   ONLY=REGEX          only these paths
#   MEM=3072 LIMIT=1200 memory in MB, seconds
# Everything is in out/native/latest: table.txt, table.json, native.tsv with every turn.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"

json=''
case ${1:-} in
--json) json=$(readlink -m "${2:?--json needs a file}"); shift 2 ;;
-*) sed -n 's/^#   //p' "$0"; exit 2 ;;
esac
groups=("$@")
[ $# -gt 0 ] || groups=(paths flows services reals)
known_parts 'paths flows services reals' "${groups[@]}"
cd "$top" || exit 1
name="uml-6.12"
out=$(new_folder "$top/out/native" run)
export LC_ALL=C.UTF-8

for what in bench kernel; do "$here/../vm/deps.sh" $what || die "dependencies"; done
"$here/../vm/debug_kernel.sh" build $name || die "kernel"
"$here/../vm/build.sh" $name || die "build"
make -s -C tools/dsrctl >"$out/tools.log" 2>&1 || { tail -n 30 "$out/tools.log"; exit 1; }
cp "out/build/$name/dsr_mod/dsr.ko" tools/dsrctl/dsrctl "$here"/*.sh "$here"/*.nft "$out/"
for program in source latency; do
	gcc -O2 -Wall -Wextra -Werror -o "$out/$program" "$here/$program.c" || die "$program.c"
done
eval "$("$here/../vm/kernels.sh" env $name)"
cp "$KIMAGE" "$out/linux" || die "kernel"
{
	printf 'export %s=%q\n' ROUNDS "${ROUNDS:-15}" COUNT "${COUNT:-40000}" WARM "${WARM:-20000}" \
		ONLY "${ONLY:-}" KROOT "${KMODULES%/lib/modules/*}"
	printf 'groups=(%s)\n' "${groups[*]}"
} >"$out/conf"

# Its memory is a file in memory. Of large pages if we may ask for them: the kernel's own mapping has
# them too, and by small ones most of what a sweep shows would be misses of the TLB.
export TMPDIR=/dev/shm
large=(unshare -m bash -c 'mount -t tmpfs -o huge=always uml /dev/shm && exec "$@"' uml)
pages=large
"${large[@]}" true 2>/dev/null || large=() pages=small
uml=''
trap '[ -z "$uml" ] || kill $uml 2>/dev/null' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
note "User-Mode Linux, limit ${LIMIT:-1200}s; logs in $out"
timeout -k 5 "${LIMIT:-1200}" "${large[@]}" "$out/linux" "mem=${MEM:-3072}M" rootfstype=hostfs rootflags=/ ro \
	"init=$here/native_init.sh" "BENCH=$out" con=null con0=null,fd:1 panic=-1 \
	</dev/null >"$out/console.log" 2>&1 &
uml=$!
: >"$out/said"
tail -n +1 -f --pid=$uml "$out/said" &
wait $uml
uml=''
wait
[ -s "$out/console.log" ] || die "no log of the kernel: $out/console.log"
scan_log "$out/console.log" || die "trouble in the kernel: $out/console.log"
[ "$(cat "$out/status" 2>/dev/null)" = 0 ] || { tail -n 5 "$out/console.log"; die "it did not end well: $out"; }

# What the figures are of, and of which machine.
{
	echo "DSR $(git log -1 --format=%h -- dsr_mod)$(git diff --quiet HEAD -- dsr_mod || echo ' and changes')," \
		"$(date -u +%Y-%m-%d), User-Mode Linux $("$out/linux" --version)," \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
	echo "$(lscpu | sed -n 's/^\(L1d\|L2\|L3\)[^:]*: */\1 /p' | paste -sd, | sed 's/,/, /g'); $pages pages"
	echo "A load that waits for the one before, nanoseconds by size: $("$out/latency")"
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/native_report.py" --json "$out/table.json" "$out/native.tsv"
} | tee "$out/table.txt"
[ -z "$json" ] || cp "$out/table.json" "$json"
note "all of it is in $out"

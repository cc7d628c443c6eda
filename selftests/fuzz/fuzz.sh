#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make fuzz`: each part for about FUZZ_TIME seconds.
#
#   fuzz.sh [netlink] [frames] [user]     default: all three
#   FUZZ_TIME=60        seconds a part
#   SEED=N              else another each time; what a run prints brings it back
#   KERNELS="6.12"      in whose guests; debug-6.1 and the like are slower and see more
#   FUZZ_MESSAGES= FUZZ_FRAMES= FUZZ_RUNS=     so many instead, however long it takes
#
# What bounds a guest follows from what it is to do, at a tenth of the speed that was ever seen: it is
# for what hangs, and ends nothing that gets on.
#
# netlink and frames are the selftests fuzz_netlink.sh and fuzz_frames.sh, run for longer; user is
# libFuzzer in fuzz/user, whose corpora stay and grow in out/fuzz/corpus.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"
cd "$top" || exit 1

parts=("$@") seconds=${FUZZ_TIME:-60} kernels=${KERNELS:-${KERNEL:-6.12}} failed=0
[ ${#parts[@]} -gt 0 ] || parts=(netlink frames user)
seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
settings

# may_take COUNT RATE: seconds for so many at so many a second, or without a count for the time given.
may_take() { echo $((600 + ($1 ? $1 / $2 : 3 * seconds))); }

# in_guests CHECK "KERNEL..." SECONDS TEST VARIABLE=VALUE...
in_guests() {
	# The boot, and on a debug kernel the search for leaks, come on top.
	env "${@:5}" SEED="$seed" TESTS="$4" KERNELS="$2" TEST_LIMIT="$3" LIMIT=$(($3 + 1500)) \
		"selftests/$1" || failed=1
}

# guests COUNT RATE DEBUG_RATE TEST VARIABLE=VALUE...: a selftest in a guest of each kernel; at least
# so many a second on Debian's kernels, and on those with instruments.
guests() {
	local kernel plain=() debug=()

	for kernel in $kernels; do
		case $kernel in
		debug-* | kcsan-*) debug+=("$kernel") ;;
		*) plain+=("$kernel") ;;
		esac
	done
	[ ${#plain[@]} -eq 0 ] ||
		in_guests check.sh "${plain[*]}" "$(may_take "$1" "$2")" "${@:4}"
	[ ${#debug[@]} -eq 0 ] ||
		in_guests check_debug.sh "${debug[*]}" "$(may_take "$1" "$3")" "${@:4}"
}

# By count, the time has no limit; else the count has none.
netlink() {
	local messages=${FUZZ_MESSAGES:-}

	guests "${messages:-0}" 250 6 fuzz_netlink.sh FUZZ_MESSAGES="${messages:-1000000000000}" \
		FUZZ_TIME="$([ -n "$messages" ] && echo 0 || echo "$seconds")"
}

# Reading a frame takes scapy half a millisecond, and each frame comes in twenty forms. By count it is
# whole rounds of these, the last of which may go beyond it.
frames() {
	local frames=${FUZZ_FRAMES:-} n=$((seconds * 300)) corpus=$top/out/fuzz/frames-$seed.corpus

	[ -z "$frames" ] || n=$((frames / 16))
	[ "$n" -ge 1500 ] || n=1500
	[ "$n" -le 30000 ] || n=30000
	mkdir -p "$top/out/fuzz"
	python3 selftests/fuzz/frame_corpus.py make "$corpus" "$n" "$seed" || { failed=1; return; }
	guests $((frames ? frames + 25 * n : 0)) 500 20 fuzz_frames.sh FUZZ_CORPUS="$corpus" \
		FUZZ_FRAMES="${frames:-1000000000000}" \
		FUZZ_TIME="$([ -n "$frames" ] && echo 0 || echo "$seconds")"
	rm -f "$corpus"
}

# one_target NAME SECONDS: libFuzzer says at its end how often it ran.
one_target() {
	local corpus=$top/out/fuzz/corpus/$1 log=$top/out/fuzz/$1.log dict=()

	mkdir -p "$corpus"
	[ ! -f "$here/user/$1.dict" ] || dict=("-dict=$here/user/$1.dict")
	if "$top/out/fuzz/user/fuzz_$1" -max_len=256 -seed="$seed" -print_final_stats=1 "${dict[@]}" \
		-artifact_prefix="$top/out/fuzz/$1-" "$([ -n "${FUZZ_RUNS:-}" ] &&
			echo "-runs=$FUZZ_RUNS" || echo "-max_total_time=$2")" "$corpus" >"$log" 2>&1; then
		echo "ok $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, 0 reports"
	else
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok $1: seed $seed, $log"
		return 1
	fi
}

user() {
	local names name

	make -s --no-print-directory -C selftests/fuzz/user || { failed=1; return; }
	read -ra names <<<"$(make -s --no-print-directory -C selftests/fuzz/user list)"
	for name in "${names[@]}"; do
		one_target "$name" $((seconds / ${#names[@]} + 1)) || failed=1
	done
}

for knob in FUZZ_TIME FUZZ_MESSAGES FUZZ_FRAMES FUZZ_RUNS SEED; do
	[[ ${!knob:-1} =~ ^[1-9][0-9]{0,17}$ ]] || die "$knob=${!knob}: a number from 1 on"
done
known_parts 'netlink frames user' "${parts[@]}"
selftests/vm/deps.sh || exit
echo "fuzz: seed $seed (SEED=$seed brings it back), ${seconds}s for each of: ${parts[*]}"
for part in "${parts[@]}"; do
	"$part"
done
exit $failed

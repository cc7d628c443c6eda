#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make check`: installs what lacks, builds for every kernel without a warning, runs the unit tests
# and those that need no kernel here, then every other test in a guest of each kernel.
#   TESTS="a.sh b.sh"   only these, in the guests; what has been built is built on
#   KERNELS="6.12"      only these kernels (default: 6.1 and 6.12)
#   LIMIT=1500          seconds that all guests of one kernel may take
#   TEST_LIMIT=0        seconds that each test may take at least, whatever it says itself
#   ONLY=guests         every test that runs in a guest, and nothing else
#   GUESTS=2            that many guests of each kernel share the tests; debug kernels
# Ends with "N passed, N failed, N skipped"; everything said is in the folder named before it.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/vm/lib.sh"
cd "$top" || exit 1

kernels=${KERNELS:-${KERNEL:-6.1 6.12}}
limit=${LIMIT:-1500} out=${DSR_OUT:-$top/out}
# With either, what is there is built on, and nothing is looked at here.
partial=${TESTS:-}${ONLY:-}
[[ ${ONLY:-guests} == guests ]] || die "ONLY=guests, or nothing"
positive CYCLES STRIDE SLOW LIMIT FUZZ_MESSAGES FUZZ_FRAMES ARP_FLOOD ND_FLOOD ROUNDS STREAM_MB TOGGLES
for test in ${TESTS:-}; do
	[ -x "selftests/$test" ] || [ -x "$test" ] ||
		die "TESTS: there is no test '$test' (selftests/*.sh, by name: TESTS=\"sysfs.sh\")"
done
[[ ${GUESTS:-1} =~ ^([1-9]|1[0-9]|2[0-6])$ ]] || die "GUESTS=$GUESTS: a number from 1 to 26"
# What tests in guests take from here.
knobs='CYCLES FAULTS STRIDE FORMER SLOW PLANT PLANTED_KO FUZZ_MESSAGES FUZZ_FRAMES FUZZ_CORPUS FUZZ_TIME'
knobs+=' FUZZ_THREADS SEED TEST_LIMIT ARP_FLOOD ND_FLOOD ROUNDS STREAM_MB TOGGLES'
logs=$(new_folder "$top/out/check" run)
passed=0 failed=0 skipped=0 failures=() skips=()
export DSRCTL=$top/tools/dsrctl/dsrctl
settings

head_line() { printf '\n== %s (%d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

fail() {
	failed=$((failed + 1))
	failures+=("$1")
	echo "not ok $1"
}

finish() {
	head_line "summary"
	[ ${#skips[@]} -eq 0 ] || printf 'skipped: %s\n' "${skips[@]}"
	[ ${#failures[@]} -eq 0 ] || printf 'FAILED: %s\n' "${failures[@]}"
	conclude "$logs" "$passed" "$failed" "$skipped"
}

# step NAME CMD...: one thing that must succeed; what it says is shown if it does not.
step() {
	local name=$1 log start=$SECONDS

	shift
	log=$logs/${name// /-}.log
	echo "# $name"
	if "$@" >"$log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok $name # $((SECONDS - start))s"
	else
		tail -n 40 "$log" | sed 's/^/# /'
		fail "$name"
		return 1
	fi
}

# tally NAME RESULTS: adds up what run_tests.sh wrote; prints nothing.
tally() {
	local test verdict ok bad skip _

	while read -r test verdict ok bad skip _; do
		passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
		[ "$verdict" != fail ] || failures+=("$1: $test ($bad)")
		[ "$skip" -eq 0 ] || skips+=("$1: $test ($skip)")
	done <"$2"
}

# here_run NAME MAKE_TARGET: tests that need no guest.
here_run() {
	local dir=$logs/$1 status=0

	mkdir -p "$dir"
	DSR_LOGS=$dir make -s --no-print-directory -C selftests "$2" 2>&1 </dev/null | tee "$dir/all.log" ||
		status=$?
	if [ -s "$dir/results" ]; then
		tally "$1" "$dir/results"
		[ "$status" -eq 0 ] || grep -q ' fail ' "$dir/results" || fail "$1: status $status"
	else
		fail "$1: no results"
	fi
}

# reported RESULTS TEST
reported() { awk -v test="$2" '$1 == test { found = 1 } END { exit !found }' "$1"; }

# guest_run NAME KERNEL TEST...: in one guest, if all goes well. After a crash the test that was
# running has failed, and another guest takes the rest.
guest_run() {
	local name=$1 kernel=$2 boot=0 end=$((SECONDS + limit)) left=("${@:3}") dir status test

	export DSR_KO=$out/build/$kernel/dsr_mod/dsr.ko
	while [ ${#left[@]} -gt 0 ]; do
		boot=$((boot + 1)) status=0
		dir=$logs/$name-boot$boot
		if [ $boot -gt 5 ] || [ $((end - SECONDS)) -lt 20 ]; then
			for test in "${left[@]}"; do fail "$kernel: $test did not run"; done
			return
		fi
		LIMIT=$((end - SECONDS)) PASS="DSR_KO DSRCTL $knobs" \
			selftests/vm/run.sh --kernel "$kernel" --out "$dir" -- \
			"$here/run_tests.sh" "${left[@]}" || status=$?
		touch "$dir/results"
		[ ! -s "$dir/tests/results" ] || cp "$dir/tests/results" "$dir/results"
		tally "$kernel" "$dir/results"
		if [ ! -s "$dir/result" ]; then
			for test in "${left[@]}"; do fail "$kernel: $test did not run, the guest did not boot"; done
			return
		fi
		# They are run in this order, so the first without a result is where it ended.
		while [ ${#left[@]} -gt 0 ] && reported "$dir/results" "$(basename "${left[0]}")"; do
			left=("${left[@]:1}")
		done
		if [ ${#left[@]} -gt 0 ]; then
			fail "$kernel: ${left[0]} gave no result: crash or hang (status $status, $dir)"
			left=("${left[@]:1}")
		elif [ $status -ge 98 ]; then
			fail "$kernel: the guest did not end well (status $status, $dir)"
		elif [ $status -ne 0 ] && ! grep -q ' fail ' "$dir/results"; then
			fail "$kernel: the runner ended with status $status ($dir)"
		fi
	done
}

head_line "what is needed"
selftests/vm/deps.sh || { fail "dependencies"; finish; }
# shellcheck disable=SC2086 # a list
selftests/vm/kernels.sh fetch $kernels source || { fail "kernels"; finish; }

head_line "build"
[ -n "$partial" ] || make -s -C tools/dsrctl clean >/dev/null 2>&1
step "build of the tools" make -C tools/dsrctl W=1 || finish
step "build of the test helpers" make -C selftests all || finish
for kernel in $kernels; do
	[ -n "$partial" ] || rm -rf "$out/build/$kernel"
	# The instruments' own macros are nothing for sparse.
	case $kernel in
	debug-* | kcsan-*) step "build for $kernel with W=1" selftests/vm/build.sh "$kernel" W=1 || finish ;;
	*) step "build for $kernel with W=1 and sparse" selftests/vm/build.sh "$kernel" W=1 C=2 || finish ;;
	esac
done

if [ -z "$partial" ]; then
	for kernel in $kernels; do
		[[ $kernel != *-* ]] || continue
		for flavour in rt cloud; do
			step "build for $kernel-$flavour with W=1" selftests/vm/build.sh "headers-$kernel-$flavour" W=1
		done
	done
	step "manual page and completion" make -C tools/dsrctl lint
	step "shellcheck" sh -c 'git ls-files -z "*.sh" .ci/run selftests/vm/init | xargs -0 shellcheck -x'
	head_line "unit tests"
	here_run unit unit
	head_line "the tree"
	DSR_KO=$out/build/${kernels##* }/dsr_mod/dsr.ko here_run host run_host_tests
	head_line "instructions per packet"
	for kernel in $kernels; do
		[[ $kernel != *-* ]] || continue
		DSR_KO=$out/build/$kernel/dsr_mod/dsr.ko \
			step "packets on $kernel cost what is recorded" selftests/bench/record.sh "$kernel" &&
			sed -n 's/^ok.*cheaper/# &/p' "$logs/packets-on-$kernel-cost-what-is-recorded.log"
	done
	head_line "the test bed itself"
	step "bed" selftests/check_bed.sh
fi

# boot_run KERNEL WORDS TEST: a test that needs words of its own on the kernel's command line.
boot_run() {
	local dir=$logs/$1-${2//[^a-z0-9]/-} status=0

	APPEND=$2 LIMIT=$limit PASS='DSR_KO DSRCTL SLOW' selftests/vm/run.sh --kernel "$1" --out "$dir" -- \
		"$here/run_tests.sh" "$here/$3" || status=$?
	if [ -s "$dir/tests/results" ]; then
		tally "$1" "$dir/tests/results"
	else
		fail "$1: $3 gave no result (status $status, $dir)"
	fi
	[ $status -lt 98 ] || fail "$1: the guest of $3 did not end well (status $status, $dir)"
}

# shares N TEST...: N lines of tests that take about equally long, by the time that each may take.
shares() {
	local n=$1 test

	shift
	[ "$n" -gt 1 ] || { echo "$*"; return; }
	for test; do
		echo "$(timeout_of "$(cd "$here" && readlink -f "$test")") $test"
	done | sort -rns -k 1,1 | awk -v n="$n" '
		{
			for (least = i = 1; i <= n; i++)
				if (sum[i] < sum[least])
					least = i
			sum[least] += $1
			share[least] = share[least] " " $2
		}
		END { for (i = 1; i <= n && share[i]; i++) print share[i] }'
}

# The emulator hardly uses more than one CPU for a guest, so that two side by side, of one kernel or
# of two, take no longer than one, given two CPUs. Each counts for itself, in a file.
# guest_count NAME KERNEL TEST...
guest_count() {
	passed=0 failed=0 skipped=0 failures=() skips=()
	guest_run "$@"
	[ -n "${TESTS:-}" ] || [[ $1 != "$2" && $1 != "$2a" ]] || boot_run "$2" ipv6.disable=1 boot/ipv6_off.sh
	{
		echo "$passed $failed $skipped"
		[ ${#failures[@]} -eq 0 ] || printf 'failure %s\n' "${failures[@]}"
		[ ${#skips[@]} -eq 0 ] || printf 'skip %s\n' "${skips[@]}"
	} >"$logs/$1.count"
}

# add_count NAME: what its guests counted; nothing counted is a failure.
add_count() {
	local ok bad skip kind what

	if [ ! -s "$logs/$1.count" ]; then
		fail "$1: the guests' run ended without a count"
		return
	fi
	{
		read -r ok bad skip
		passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
		while read -r kind what; do
			case $kind in
			failure) failures+=("$what") ;;
			skip) skips+=("$what") ;;
			esac
		done
	} <"$logs/$1.count"
}

# Some want a kernel that tells of bugs, or one that makes allocations fail.
case $kernels in
*kcsan-*debug-* | *debug-*kcsan-*) die "KERNELS=\"$kernels\": one flavour at a time, they have not the same tests" ;;
*kcsan-*) list=list_kcsan ;;
*debug-*) list=list_debug ;;
*) list=list ;;
esac
read -ra tests <<<"${TESTS:-$(make -s --no-print-directory -C selftests $list)}"
head_line "Linux $kernels: ${#tests[@]} test programs on each"
all=() guests=()
for kernel in $kernels; do
	letters=({a..z})
	[ "${GUESTS:-1}" -gt 1 ] || letters=()
	while read -r mine; do
		all+=("$kernel${letters[0]:-} $kernel $mine")
		letters=("${letters[@]:1}")
	done < <(shares "${GUESTS:-1}" "${tests[@]}")
done
spread=$(printf '%s\n' "${all[@]}" | cut -d' ' -f3- | wc -w)
if [ ${#tests[@]} -eq 0 ] || [ "$spread" -ne $((${#tests[@]} * $(wc -w <<<"$kernels"))) ]; then
	fail "of ${#tests[@]} tests for $kernels the guests have $spread in all"
	finish
fi
# Our guests run side by side, those of others before or after.
queue
export WAIT=no
for share in "${all[@]}"; do
	read -r name kernel mine <<<"$share"
	# shellcheck disable=SC2086 # a list
	(guest_count "$name" "$kernel" $mine 2>&1 | sed -u "s/^/$name /") &
	guests+=($!)
done
wait "${guests[@]}"
for share in "${all[@]}"; do
	add_count "${share%% *}"
done
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make check-debug`: every test that needs a kernel, in guests of the kernels that tell of bugs:
# debug-6.1 (KASAN, lockdep, kmemleak, object and reference tracking) and kcsan-6.1 (data races).
# They are built first, once; selftests/vm/debug_kernel.sh.
#   KERNELS="debug-6.12"   only these (debug-6.1, debug-6.12, kcsan-6.1, kcsan-6.12)
#   TESTS="a.sh b.sh"      only these
#   CYCLES=50              how often tests repeat what they repeat
#   SLOW=3                 waits and time limits are so many times longer
#   LIMIT=3600             seconds that all guests of one kernel may take
#   GUESTS=1               one guest for all, instead of two that share the tests
#   COVERAGE=1             count which lines of dsr.ko run, and print that: `make coverage`
# The run fails if a test fails, if the kernel says anything of what `trouble` in selftests/vm/lib.sh
# lists, if an object is unreferenced when all is over, or if the guest does not report its end over
# the channel that nothing else writes to. `make check-gate` plants bugs to see whether that is so.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/vm/lib.sh"
cd "$top" || exit 1

kernels=${KERNELS:-${KERNEL:-debug-6.1 kcsan-6.1}} failed=0
export CYCLES=${CYCLES:-50} SLOW=${SLOW:-3} LIMIT=${LIMIT:-3600} GUESTS=${GUESTS:-2}
[ -n "${TESTS:-}" ] || export ONLY=guests
positive CYCLES SLOW LIMIT GUESTS STRIDE
if [ -n "${COVERAGE:-}" ]; then
	# One kernel runs what there is to run; and an object that counts is none for the other runs.
	kernels=${KERNELS:-${KERNEL:-debug-6.1}}
	export COVERAGE DSR_OUT=$top/out/coverage
fi
for kernel in $kernels; do
	case $kernel in
	debug-* | kcsan-*) ;;
	*) die "$kernel has no instruments: debug-6.1, debug-6.12, kcsan-6.1 or kcsan-6.12" ;;
	esac
done

# coverage KERNEL RUN: of all guests of that run.
coverage() {
	local build=$DSR_OUT/build/$1/dsr_mod

	"$here/coverage/lines.py" "$build" "$build" "$2"/*/gcov >"$DSR_OUT/$1.txt" || return
	printf '\n== lines of dsr.ko that ran on %s\n' "$1"
	sed '/^$/,$d' "$DSR_OUT/$1.txt"
	echo "those that never did: $DSR_OUT/$1.txt"
}

"$here/vm/deps.sh" kernel || exit
# shellcheck disable=SC2086 # a list
"$here/vm/debug_kernel.sh" build $kernels || exit
# One after the other: their CPUs truly run side by side.
for kernel in $kernels; do
	KERNELS=$kernel "$here/check.sh" || failed=1
	[ -z "${COVERAGE:-}" ] || coverage "$kernel" "$top/out/check/latest" || failed=1
done
exit $failed

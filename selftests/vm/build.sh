#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh 6.1|6.12 [MAKE_ARG]...: builds dsr.ko against the cached headers of a Debian kernel, in
# a folder of its own (out/build/KERNEL), so that two kernels do not undo each other's objects. Also
# debug-6.1, kcsan-6.12 and so on, the kernels of debug_kernel.sh, and headers-6.1-rt and so on.
# The module is out/build/KERNEL/dsr_mod/dsr.ko; anything that warns is a failure.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/lib.sh"

kernel=${1:?which kernel? 6.1 or 6.12}
shift
eval "$("$here/kernels.sh" env "$kernel")"
dir=${DSR_OUT:-$top/out}/build/$kernel
mkdir -p "$dir"
exec 9>"$dir.lock"
flock 9

# Sources only, and with their times, so that a second build compiles what has changed. What is
# gone from the tree goes here too: a stale header would hide a missing include.
[ "$(cat "$dir/.krel" 2>/dev/null)" = "$KDIR" ] || { rm -rf "$dir"; mkdir "$dir"; echo "$KDIR" >"$dir/.krel"; }
sources() {
	(cd "$1" && find . \( -name '*.[chS]' -o -name '*.def' -o -name 'Kbuild*' \) \
		! -name '*.mod.c' ! -name '.*' | sort)
}
for room in Kbuild dsr_mod; do
	[ -d "$top/$room" ] || { cp -u -p "$top/$room" "$dir/"; continue; }
	mkdir -p "$dir/$room"
	sources "$top/$room" >"$dir/.sources"
	sources "$dir/$room" | comm -13 "$dir/.sources" - | (cd "$dir/$room" && xargs -r rm -f)
	(cd "$top/$room" && xargs cp -u -p --parents -t "$dir/$room") <"$dir/.sources"
done

# These kernels have no debugging information, but an address in dsr.ko should lead to a line.
case $kernel in debug-* | kcsan-*) set -- KCFLAGS=-g "$@" ;; esac

# For the coverage: every line counts how often it runs.
[ -z "${COVERAGE:-}" ] || set -- GCOV_PROFILE=y "$@"

status=0
make -C "$KDIR" M="$dir" "-j$(nproc)" "$@" modules >"$dir/build.log" 2>&1 || status=$?
# modpost writes WARNING, the compiler and sparse write warning.
if [ $status -ne 0 ] || grep -qiE 'warning:|error:' "$dir/build.log"; then
	grep -iE -A 3 'warning:|error:|\*\*\*' "$dir/build.log" | head -n 40
	# The object is there now and would not warn a second time.
	rm -f "$dir/.krel"
	echo "build of dsr.ko for $KREL is not clean: $dir/build.log"
	exit 1
fi
echo "$dir/dsr_mod/dsr.ko for $KREL"

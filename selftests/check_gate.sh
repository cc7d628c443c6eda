#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make check-gate`: tests `make check-debug`. Plants one bug after another with planted/planted.ko,
# in a test that itself succeeds, and looks whether the gate fails, and for that bug.
#   PLANTS="leak race"   only these
#   SERIES=6.1           or 6.12: whose debug kernels
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
# shellcheck source=selftests/vm/lib.sh
. "$here/vm/lib.sh"
series=${SERIES:-6.1}

# Name, flavour of the kernel, what the gate has to say (all of it, between the "&"). "passes": that
# it does not cry wolf. One bug in a guest: a second one would hide whether the first is enough.
plants() {
	cat <<-'END'
		nothing          debug   passes
		leak             debug   unreferenced object
		leaks            debug   unreferenced object
		use-after-free   debug   KASAN: .*use-after-free in plant
		out-of-bounds    debug   KASAN: .*out-of-bounds in plant
		double-free      debug   KASAN: .*(double-free|invalid-free)
		sleep-in-atomic  debug   (sleeping function called|scheduling while atomic)
		lock-order       debug   possible circular locking
		rcu              debug   suspicious RCU usage
		shift            debug   UBSAN: shift-out-of-bounds
		live-object      debug   ODEBUG: free active
		list             debug   list_del corruption
		netdev-ref       debug   unregister_netdevice: waiting for lo & (leaked reference|ref_tracker: .* has)
		warning          debug   WARNING: .*plant
		stall            debug   rcu_preempt (detected stalls|self-detected)
		hang             debug   blocked for more than
		spin             debug   soft lockup
		nothing          kcsan   passes
		race             kcsan   KCSAN: data-race in racer
	END
}

# unsaid LOG WORDS: the first of them that is not in the log.
unsaid() {
	local word

	while read -r word; do
		grep -qE "$word" "$1" || { echo "$word"; return; }
	done <<<"${2// & /$'\n'}"
	return 1
}

# gate PLANT FLAVOUR WORDS
gate() {
	local kernel=$2-$series name="$1 on $2-$series" log logs lacks status=0

	log=$tmp/$1-$2
	echo "# running $name"
	KERNELS=$kernel TESTS=$here/planted/plant.sh SLOW=1 LIMIT=${LIMIT:-400} \
		PLANT=$1 PLANTED_KO=$top/out/gate/$kernel/planted.ko \
		"$here/check_debug.sh" >"$log" 2>&1 </dev/null || status=$?
	logs=$(sed -n 's/^full logs: //p' "$log")
	if [ "$3" = passes ]; then
		[ "$status" -eq 0 ] || { tap_fail "$name passes" "status $status" "$(tail -n 30 "$log")"; return; }
		tap_ok "$name passes"
	elif [ "$status" -eq 0 ]; then
		tap_fail "$name makes the gate fail" "it passed: $logs"
	elif lacks=$(unsaid "$log" "$3"); then
		tap_fail "$name makes the gate fail, and for that" "nothing said of '$lacks'" "$(tail -n 30 "$log")"
	else
		tap_ok "$name: $(grep -oE -m 1 "${3%% & *}.{0,60}" "$log")"
	fi
}

# shellcheck disable=SC2086 # a list
known_parts "$(plants | awk '{ print $1 }' | paste -sd ' ')" ${PLANTS:-}
need qemu-system-x86_64
"$here/vm/deps.sh" kernel || exit
export DEPS=no
while read -r name flavour words; do
	[ -z "${PLANTS:-}" ] || [[ " $PLANTS " == *" $name "* ]] || continue
	must test_module "$flavour-$series" "$here/planted" "$top/out/gate/$flavour-$series"
	gate "$name" "$flavour" "$words"
done < <(plants)
tap_done

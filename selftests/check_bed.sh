#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests the test bed: plants what must count as a failure and looks whether it does. First the
# runner on this host, then the guest (skipped where TESTS_BED=host).
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"

plants=$tmp/plants
mkdir "$plants"

# plant NAME: an executable test from what is on stdin.
plant() { { echo '#!/bin/bash'; cat; } >"$plants/$1"; chmod +x "$plants/$1"; }

plant good.sh <<<'echo "ok 1 a"; echo "1..1"'
plant skipped.sh <<<'echo "1..0 # SKIP no moon"; exit 4'
plant bad.sh <<<'echo "not ok 1 a"; echo "1..1"; exit 1'
plant bad_but_zero.sh <<<'echo "not ok 1 a"; echo "1..1"; exit 0'
plant dies.sh <<<'echo "ok 1 a"; kill -9 $$'
plant no_plan.sh <<<'echo "ok 1 a"'
plant short.sh <<<'echo "1..3"; echo "ok 1 a"'
plant silent.sh <<<'exit 0'
plant nothing.sh <<<'echo "1..0"'
plant status.sh <<<'echo "ok 1 a"; echo "1..1"; exit 3'
plant hangs.sh <<<'# Timeout: 1
echo "ok 1 a"; sleep 60; echo "1..1"'
plant leaves_process.sh <<<'sleep 60 & echo "ok 1 a"; echo "1..1"'
plant lib_ended_early.sh <<END
. $here/lib.sh
tap_ok a
exit 0
END
plant lib_good.sh <<END
. $here/lib.sh
bg p sleep 60
check "true is true" true
check_fails "false is false" false
check_refused "sh exits" 3 hello sh -c 'echo hello; exit 3'
check "a wait that is met" wait_for 1 true
check_fails "a wait that is not" wait_for 0 false
tap_done
END

verdicts() { awk '{ printf "%s%s=%s", (NR > 1) ? " " : "", $1, $2 }' "$1" 2>/dev/null; }

# judged WANTED-VERDICT TEST...
judged() {
	local want=$1 t

	shift
	for t; do
		check_eq "$t counts as: $want" \
			"$(awk -v t="$t" '$1 == t { print $2 }' "$tmp/host/results" 2>/dev/null)" "$want"
	done
}

# Between the lines of a test that makes allocations fail, what the kernel says of that is no trouble;
# anything else is, however close it follows.
stack='CPU: 0 UID: 0 PID: 7 Comm: python3
Call Trace:
 <TASK>
 warn_alloc+0x11/0x22
 </TASK>'
# log_is VERDICT NAME: the kernel's log on stdin, through the judge of vm/lib.sh.
log_is() {
	cat >"$tmp/log"
	check_eq "$2" "$(bash -c 'set -euo pipefail; . "$1/vm/lib.sh"; scan_log "$2" >/dev/null && echo clean || echo trouble' - \
		"$here" "$tmp/log")" "$1"
}
log_is clean "an allocation that was made to fail is no trouble" <<END
selftest: faults begin
python3: page allocation failure: order:0, mode:0xdc0
$stack
selftest: faults end
END
log_is clean "nor is one with a long way to it" <<END
selftest: faults begin
python3: page allocation failure: order:0, mode:0xdc0
${stack%% </TASK>*} ? ref_tracker_alloc+0x2da/0x450
$(printf ' ? inetdev_event+0x1/0x2\n ? preempt_count_add+0x1/0x2\n ? unregister_netdevice_queue+0x1/0x2\n%.0s' {1..40})
RIP: 0033:0x7f02ee4300f7
 </TASK>
selftest: faults end
END
log_is trouble "one that nobody made fail is" <<END
python3: page allocation failure: order:0, mode:0xdc0
$stack
END
log_is trouble "nor does it hide what comes behind its stack" <<END
selftest: faults begin
python3: page allocation failure: order:0, mode:0xdc0
$stack
Call Trace:
selftest: faults end
END
log_is trouble "one without a stack hides nothing" <<END
selftest: faults begin
sysctl could not get directory: /net -12
BUG: sleeping function called from invalid context at x.c:1
$stack
selftest: faults end
END
log_is trouble "one with half a stack hides no report" <<END
selftest: faults begin
python3: page allocation failure: order:0, mode:0xdc0
CPU: 0 PID: 7 Comm: python3
WARNING: suspicious RCU usage
selftest: faults end
END
log_is trouble "a test that died in the midst of it hides nothing of the next" <<END
selftest: faults begin
selftest lifecycle.sh 1-2
python3: page allocation failure: order:0, mode:0xdc0
$stack
END

leak='unreferenced object 0xffff888004d9a800 (size 128):
  comm "insmod", pid 321, jiffies 4294897023 (age 12.345s)
  backtrace:
'"$(printf '    [<ffffffff8123%04d>] some_function+0x%02d/0x200\n' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)"
for n in 1 30 500; do
	log_is trouble "$n leaks are trouble" < <(for ((i = 0; i < n; i++)); do echo "$leak"; done)
done
log_is trouble "reports are, however long the log goes on" < <(
	for ((i = 0; i < 5; i++)); do echo 'WARNING: possible circular locking dependency detected'; done
	for ((i = 0; i < 5000; i++)); do echo "eth$i: renamed from veth$i"; done
)
log_is clean "a long log without one is not" < <(
	for ((i = 0; i < 5000; i++)); do echo "eth$i: renamed from veth$i"; done
)
race='==================================================================
BUG: KCSAN: data-race in others / others
write to 0xffff8880 of 8 bytes by task 1 on cpu 0:
 other+0x1/0x2'
log_is clean "a race of others is not" <<<"$race
=================================================================="
log_is trouble "one of ours is, before another without its end" <<<"$race
read to 0xffff8880 of 8 bytes by task 2 on cpu 1:
 dsr_hop_refresh+0x1/0x2 [dsr]
$race
=================================================================="
log_is trouble "one of ours is" <<<"$race
read to 0xffff8880 of 8 bytes by task 2 on cpu 1:
 dsr_hop_refresh+0x1/0x2 [dsr]
=================================================================="
for word in 'unregister_netdevice: waiting for d0 to become free' 'leaked reference.' \
	'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:' 'INFO: task a:1 blocked for more than 60 seconds.' \
	'huh, entered softirq 3 NET_RX with preempt_count 00000101, exited with 00000102?' \
	'Dead loop on virtual device eth0, fix it urgently!' 'protocol 0800 is buggy, dev eth0' \
	'traps: dsrctl[12] trap invalid opcode ip:0 sp:0' 'list_del corruption, ffff8880 is LIST_POISON1'; do
	log_is trouble "a race of others does not hide: $word" <<<"$race
$word
=================================================================="
done
for word in 'dsrctl[99]: segfault at 0 ip 0' 'unregister_netdevice: waiting for d0 to become free' \
	'Oops: 0000 [#1]' 'Dead loop on virtual device eth0, fix it urgently!' 'protocol 0800 is buggy, dev eth0'; do
	log_is trouble "the stack of a fault does not hide: $word" <<END
selftest: faults begin
python3: page allocation failure: order:0, mode:0xdc0
CPU: 0 PID: 7 Comm: python3
Call Trace:
$word
 </TASK>
selftest: faults end
END
done

# kernels ARG...: kernels.sh with a cache of its own, and an apt that has no lists and no sources.
kernels() { DSR_CACHE=$tmp/cache APT_CONFIG=$tmp/apt/conf "$here/vm/kernels.sh" "$@"; }
# leftovers: temporary folders in that cache.
leftovers() { (cd "$tmp/cache" && echo tmp.*); }
mkdir -p "$tmp"/apt/{state/lists/partial,cache/archives/partial} \
	"$tmp"/cache/{6.12,source,source-6.1,tmp.others,tmp.killed}
touch "$tmp"/cache/{6.12,source,source-6.1}/complete "$tmp"/apt/status
touch -d '2 days ago' "$tmp/cache/tmp.killed"
cat >"$tmp/apt/conf" <<END
Dir::State "$tmp/apt/state";
Dir::State::status "$tmp/apt/status";
Dir::Cache "$tmp/apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "/dev/null";
END
check "what apt does not know is taken from the cache" kernels fetch 6.12 source source-6.1
check_refused "what is not there either is said" 1 "apt does not know linux-image-amd64" kernels fetch 6.1
printf 'Package: linux-source-6.12\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' \
	>"$tmp/apt/status"
check_fails "a kernel that cannot be downloaded is not there" kernels fetch source-6.12
check_eq "of temporary folders one's own goes, and one a day old" "$(leftovers)" tmp.others

# Before anything is fetched, built or booted.
for knob in CYCLES=x STRIDE=0 SLOW=-1 GUESTS=0 LIMIT=10m; do
	check_refused "$knob is refused" 2 "$knob: a number from 1" env "$knob" "$here/check.sh"
	check_refused "and for kernels with instruments" 2 "$knob: a number from 1" env "$knob" "$here/check_debug.sh"
done
check_refused "and so is a test that is not there" 2 "no test 'nosuch'" env TESTS=nosuch "$here/check.sh"

cd "$plants" || exit 1
DSR_LOGS=$tmp/host "$here/run_tests.sh" "$plants"/*.sh missing.sh >"$tmp/host.log" 2>&1 </dev/null
check_eq "the runner says that something failed" $? 1
judged ok good.sh lib_good.sh
judged skip skipped.sh
judged fail bad.sh bad_but_zero.sh dies.sh no_plan.sh short.sh silent.sh nothing.sh status.sh hangs.sh \
	leaves_process.sh lib_ended_early.sh missing.sh
check_eq "one result for each" "$(wc -l <"$tmp/host/results")" $(($(find "$plants" -name '*.sh' | wc -l) + 1))
DSR_LOGS=$tmp/host "$here/run_tests.sh" "$plants/good.sh" >/dev/null 2>&1 </dev/null
check_eq "and that nothing did" $? 0

[ "${TESTS_BED:-}" != host ] || tap_done

# One guest for all that leaves it alive, ended by a test that does not.
plant a_good.sh <<<'echo "ok 1 a"; echo "1..1"'
plant b_splat.sh <<<'echo "WARNING: CPU: 0 PID: 1 at planted.c:1" >/dev/kmsg; echo "ok 1 a"; echo "1..1"'
plant c_left.sh <<<'ip netns add left; echo "ok 1 a"; echo "1..1"'
plant d_good.sh <<<'echo "ok 1 a"; echo "1..1"'
plant e_crash.sh <<<'echo "ok 1 a"; echo "1..1"; echo c >/proc/sysrq-trigger; sleep 60'
plant f_never.sh <<<'echo "ok 1 a"; echo "1..1"'

vm() { "$here/vm/run.sh" --out "$@" >"$tmp/vm.log" 2>&1 </dev/null; }

LIMIT=120 vm "$tmp/crash" -- "$here/run_tests.sh" "$plants"/[a-f]_*.sh
check_eq "a crash has no status of its own" $? 99
check_eq "a planted splat, a leftover, and the crash are told apart" "$(verdicts "$tmp/crash/tests/results")" \
	"a_good.sh=ok b_splat.sh=fail c_left.sh=fail d_good.sh=ok"
check "the kernel's log was kept to the end" grep -q 'sysrq triggered crash' "$tmp/crash/console.log"

LIMIT=120 vm "$tmp/splat" -- sh -c 'echo "BUG: planted" >/dev/kmsg'
check_eq "trouble in the log fails a command that succeeds" $? 98

# The words a good run ends with, said by the command itself, with a real hang behind them.
LIMIT=15 vm "$tmp/hang" -- sh -c 'echo "exit 0"; echo "1 passed, 0 failed, 0 skipped"; sleep 1000'
check_eq "a hang fails" $? 99
tap_done

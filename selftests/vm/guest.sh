#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Process 1 of the guest once it stands on the machine's root: runs the command that run.sh asked
# for, streams what it says, tells its exit status over a channel of its own, and powers off.
# Needs /run/dsr (the host's result folder) with conf: NONCE DIR COMMAND ACCEL.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 TERM=dumb
# shellcheck source=/dev/null
. /run/dsr/conf

# port NAME: the device of a virtio-serial port; there is no udev here to make the links.
port() {
	local p

	for p in /sys/class/virtio-ports/*; do
		[ "$(<"$p/name")" != "$1" ] || echo "/dev/${p##*/}"
	done
}

# Two scans: what is seen as lost for the first time may only have moved. An object is not looked
# at before it is 5 s old.
kmemleak=/sys/kernel/debug/kmemleak
look_for_leaks() {
	for i in 1 2; do
		sleep 5
		echo scan >$kmemleak || echo "kmemleak: disabled, nobody looked for leaks"
	done
	if [ -n "$(head -c 1 $kmemleak)" ]; then
		# It is gone now, and with it the names in the backtrace; loaded again it has the same addresses.
		[ ! -f "${DSR_KO:-}" ] || insmod "$DSR_KO"
		cat $kmemleak
	fi
	echo "two scans done"
}

# The first report turns lockdep off: it must have been read, or nobody has looked since.
look_at_lockdep() {
	! grep -qs '^ *debug_locks: *0' /proc/lockdep_stats || echo "DEBUG_LOCKS are off" >/dev/kmsg
}

# What ran of the module, where it was built to count that: the counts outlive it in the kernel.
keep_coverage() {
	local counts=/sys/kernel/debug/gcov${DSR_KO%/*}

	[ -d "$counts" ] || return
	mkdir -p /run/dsr/gcov
	(cd "$counts" && find . -name '*.gcda' -exec cp --parents -t /run/dsr/gcov {} +)
}

mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
hostname dsr-guest
ip link set lo up
# An emulated CPU on a busy machine may stand still for long without anything being wrong in it.
[ "$ACCEL" = kvm ] || echo 30 >/proc/sys/kernel/watchdog_thresh

# What got lost on the way here is not ours.
[ ! -e $kmemleak ] || echo clear >$kmemleak

exec 3>"$(port dsr.stream)" 4>"$(port dsr.result)"
echo "$NONCE booted" >&4

# Through a pipe, because a virtio port can be opened only once and tests may open /dev/stdout.
# A process the command leaves behind keeps that pipe open: its end is not what we wait for.
mkfifo /run/stream
cat </run/stream >&3 &
drain=$!
(
	cd "$DIR" || exit 1
	exec 3>&- 4>&-
	exec setsid --wait "${COMMAND[@]}"
) >/run/stream 2>&1 </dev/null
status=$?
for ((i = 0; i < 50; i++)); do
	kill -0 $drain 2>/dev/null || break
	sleep 0.1
done

[ ! -e $kmemleak ] || look_for_leaks >/run/dsr/kmemleak
look_at_lockdep
[ -z "${DSR_KO:-}" ] || keep_coverage
dmesg >/run/dsr/dmesg
sync
echo "$NONCE exit $status" >&4
echo o >/proc/sysrq-trigger
# No program: the root may be gone before the machine is, and without this one it panics.
while :; do :; done

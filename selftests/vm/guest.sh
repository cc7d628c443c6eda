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


mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
hostname dsr-guest
ip link set lo up
# An emulated CPU on a busy machine may stand still for long without anything being wrong in it.
[ "$ACCEL" = kvm ] || echo 30 >/proc/sys/kernel/watchdog_thresh

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

if [ -w /sys/kernel/debug/kmemleak ]; then
	# A pointer may sit in a register or on a stack at the first look.
	for i in 1 2; do
		echo scan >/sys/kernel/debug/kmemleak
		sleep 5
	done
	cat /sys/kernel/debug/kmemleak >/run/dsr/kmemleak
fi
dmesg >/run/dsr/dmesg
sync
echo "$NONCE exit $status" >&4
echo o >/proc/sysrq-trigger
sleep 60

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# accel.sh KIMAGE: prints kvm if a kernel truly runs with KVM here, tcg otherwise. A device node
# proves nothing (nested guests, missing rights, broken hosts), so the kernel is started once for
# each boot of this machine, and the verdict is kept.
set -euo pipefail

cache=${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}
verdict=$cache/accel-$(id -u)-$(cat /proc/sys/kernel/random/boot_id)

if [ ! -s "$verdict" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	accel=tcg
	# No root is given: a kernel that gets as far as missing it has run for long enough.
	if [ -w /dev/kvm ]; then
		(timeout -k 2 20 qemu-system-x86_64 -accel kvm -cpu host -m 512 -nodefaults -no-user-config \
			-display none -no-reboot -serial "file:$work/log" -kernel "$1" \
			-append 'console=ttyS0 panic=-1' </dev/null || true) >/dev/null 2>&1
		! grep -qs 'Unable to mount root' "$work/log" || accel=kvm
	fi
	mkdir -p "$cache"
	rm -f "$cache/accel-$(id -u)-"*
	echo $accel >"$verdict"
fi
cat "$verdict"

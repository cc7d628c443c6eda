#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that everything may change at once: under traffic on all CPUs the module is loaded and
# unloaded, namespaces are made and deleted, devices made, renamed, moved to another namespace, given
# other addresses and flags, and deleted, neighbours changed, services, reals, roles and VIPs
# configured, sysfs walked, events listened to, and hooks and policies listed, by processes that know
# nothing of each other. What the kernel refuses meanwhile is fine; what hangs, crashes, leaks or makes
# it complain is not. It goes on until each kind was done CYCLES times, and what is done besides once.
#
#    gen eth0 --- eth0 lb eth1 --- eth0 real       d0: the device in lb that comes and goes
#
# Environment: CYCLES (10).
# Kernel: debug kcsan
# Timeout: 900

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3 nft
need_mod veth dummy nf_tables
ns_new gen lb real
must ip -batch - <<-END
	link add eth0 netns $gen address 02:00:00:00:00:01 type veth peer name eth0 netns $lb address 02:00:00:00:00:10
	link add eth0 netns $real address 02:00:00:00:00:11 type veth peer name eth1 netns $lb address 02:00:00:00:00:20
END
must ip -n "$gen" link set eth0 up
must ip -n "$lb" -batch - <<-END
	link set eth0 up
	link set eth1 up
	addr add 192.0.2.10/24 dev eth0
	addr add 2001:db8::10/64 dev eth0 nodad
	addr add 198.51.100.1/24 dev eth1
	addr add 2001:db8:1::1/64 dev eth1 nodad
END
must ip -n "$real" -batch - <<-END
	link set eth0 up
	addr add 198.51.100.11/24 dev eth0
	addr add 198.51.100.12/24 dev eth0
	addr add 2001:db8:1::11/64 dev eth0 nodad
END
can_list_hooks && LISTS_HOOKS=yes || LISTS_HOOKS=''
export LISTS_HOOKS
# Loading is what is repeated, not the reading of what only a debugger needs.
if strip --strip-debug -o "$tmp/dsr.ko" "$DSR_KO" 2>/dev/null; then DSR_KO=$tmp/dsr.ko; fi
export DSR_KO
no_autoload
mod_load
relay python3 "$selftests/churn.py" "$gen" "$lb" "$real"
mod_loaded && check "the module unloads when all is over" mod_unload
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that every request that is wrong is refused with the exact errno, the exact words and the
# place of the attribute to blame, and changes nothing: each attribute of each operation missing,
# short, long, out of range, unknown, nested, twice, in a do and in a dump; and that nobody but an
# administrator may ask anything. The cases are made from the spec, by netlink_policy.py.
#
#    one namespace: d0, d1 dummies; br0 with port; bond0 with slave; tun0 without Ethernet
#
# Timeout: 300

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3
need_mod dummy bridge bonding tun
mod_load
ns_new host
must ip -n "$host" -batch - <<-END
	link add d0 type dummy
	link add d1 type dummy
	link add port type dummy
	link add slave type dummy
	link add br0 type bridge
	link add bond0 type bond
	link set port master br0
	link set slave master bond0
	tuntap add tun0 mode tun
	link set d0 up
	addr add 192.0.2.1/24 dev d0
	addr add 2001:db8::1/64 dev d0 nodad
END
relay python3 "$selftests/netlink_policy.py" "$host"
tap_done

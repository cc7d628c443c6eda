#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that a port of a bridge, bond, team or Open vSwitch and a device with a role are never one:
# whichever comes second is refused in so many words, and all stays as it was. With the role taken
# away, or the port let go, the other is possible. What only sits on top of a device (VRF, macvlan,
# VLAN) is no matter, in either order.
#
#    box   eth0 ==== eth1     a veth pair; br0, bond0, team0, ovs0, vrf0

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

says="the device has a dsr role: take it away first"

# What must not change by a refusal: roles, and of eth0 flags, MAC address, MTU, master.
state() {
	ctl "$box" role show
	# The first time it was up it got a queue.
	ip -n "$box" -o link show "${1:-eth0}" | sed 's/ qdisc [a-z]*//'
}

# is_port WORD: eth0 is one of that.
is_port() { ip -n "$box" -o -d link show eth0 | grep "master .*$1_slave" >/dev/null; }

# has ROLE...: these are eth0's roles, and no other.
has() { [ "$(ctl "$box" role show dev eth0 | awk '{ print $3 }' | paste -sd ' ')" = "$*" ]; }

# vetoed NAME DEV MASTER: by the kernel's own words, and nothing is left of the try.
vetoed() {
	local before

	before=$(state "$2")
	check_refused "$1" 2 "$says" ip -n "$box" link set "$2" master "$3"
	check_eq "... and nothing has changed" "$(state "$2")" "$before"
}

# both_orders MASTER KIND TEXT: TEXT is what role add says of a port.
both_orders() {
	local role

	for role in balancer backend; do
		must ctl "$box" role add dev eth0 "$role"
		vetoed "$1: a $role cannot be its port" eth0 "$1"
		must ctl "$box" role del dev eth0 "$role"
	done
	check "$1: without a role it can" ip -n "$box" link set eth0 master "$1"
	check "... and is" is_port "$2"
	for role in balancer backend; do
		check_refused "$1: its port cannot be a $role" 1 "$3" ctl "$box" role add dev eth0 "$role"
	done
	check_eq "... and is none" "$(ctl "$box" role show)" ""
	check "$1: let go, it can" ip -n "$box" link set eth0 nomaster
	check "... be a balancer" ctl "$box" role add dev eth0 balancer
	must ctl "$box" role del dev eth0 balancer
}

need_root
need python3
need_mod veth bridge bonding vrf macvlan 8021q
# shellcheck disable=SC2119 # no parameters
mod_load
ns_new box
quiet "$box"
must ip -n "$box" -batch - <<-END
	link add eth0 type veth peer name eth1
	link add br0 type bridge
	link add bond0 type bond mode active-backup
	link add vrf0 type vrf table 10
	link set eth1 up
END

both_orders br0 bridge "the device is a port of a bridge: give the bridge the role"
both_orders bond0 bond "the device is a port of a bond: give the bond the role"
if modprobe -q team && ip -n "$box" link add team0 type team 2>/dev/null; then
	both_orders team0 team "the device is a port of a bond: give the bond the role"
else
	tap_skip "team0: a port of it" "this kernel has no team"
fi
if modprobe -q openvswitch; then
	relay python3 "$selftests/role_ports.py" "$box"
else
	tap_skip "ovs0: a port of it" "this kernel has no Open vSwitch"
fi

# A bond or VLAN that has a role is a port like any other.
must ip -n "$box" link add link eth0 name eth0.7 type vlan id 7
for dev in bond0 eth0.7; do
	must ctl "$box" role add dev "$dev" balancer
	vetoed "br0: $dev with a role cannot be its port" "$dev" br0
	must ctl "$box" role del dev "$dev" balancer
done

# One role of two is one too many.
must ip -n "$box" link set eth0 up
must ctl "$box" role add dev eth0 balancer
must ctl "$box" role add dev eth0 backend
must ctl "$box" role del dev eth0 balancer
vetoed "br0: not even with one role left of two" eth0 br0
must ctl "$box" role add dev eth0 balancer

# on_top WHAT: eth0's roles have not changed.
on_top() { check "$1 does not touch its roles" has balancer backend; }
check "a device with roles can be in a VRF" ip -n "$box" link set eth0 master vrf0
on_top "being in a VRF"
check "and leave it" ip -n "$box" link set eth0 nomaster
on_top "leaving it"
check "a device with roles can have a macvlan" ip -n "$box" link add mv0 link eth0 type macvlan mode bridge
check "and a VLAN" ip -n "$box" link add link eth0 name eth0.8 type vlan id 8
on_top "what is on top"
must ctl "$box" role del dev eth0 balancer
must ctl "$box" role del dev eth0 backend
must ip -n "$box" link set eth0 master vrf0
check "a device in a VRF can have a role" ctl "$box" role add dev eth0 balancer
check "one with a macvlan and VLANs, too" ctl "$box" role add dev eth0 backend
on_top "all of that"

# The role of the module's devices ends with the module; nobody stands in the way then.
must ip -n "$box" link del mv0
must ip -n "$box" link set eth0 nomaster
check "the module is unloaded" mod_unload
check "without it every device can be a port" ip -n "$box" link set eth0 master br0
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves the two truths of the balancer, for IPv4 and IPv6, TCP and UDP, on every kind of device:
#
# 1. Between the frame in and the frame out only the two MAC addresses differ: all frames of real
#    connections, and raw ones that no stack would send, are captured on the wire of the balancer
#    and of each real, and compared byte for byte.
# 2. The reply never crosses the balancer: by capture, by its device's counters and by dsr's own.
#
#    client --- switch --- lb (veth, VLAN, bond or bridge has the role)
#                 |------- real1, real2, real3     hold the VIPs on lo, silently
#
# Timeout: 400

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

services() {
	local proto family vip real

	echo "role add dev $dut balancer"
	for proto in tcp udp; do
		for family in 4 6; do
			[ $family = 4 ] && vip=$vip4 || vip="[$vip6]"
			echo "service add $proto$family $vip:8080/$proto table-size 251"
			for real in 11 12 13; do
				[ $family = 4 ] && echo "real add $proto$family 192.0.2.$real" ||
					echo "real add $proto$family 2001:db8::$real"
			done
		done
	done
}

need_root
need python3 bridge
need_mod veth bridge 8021q bonding
mod_load
for kind in veth vlan bond bridge; do
	lan_new 3
	lan_lb $kind
	lan_vips
	services | must ctl "$lb" -batch -
	for service in tcp4 tcp6 udp4 udp6; do
		wait_for 10 active_is "$lb" $service 3 || tap_fail "$kind: three reals of $service"
	done
	relay python3 "$selftests/balancer_matrix.py" $kind "$client" "$lb" "$dut" "${real_ns[@]}"
	lan_del
done
tap_done

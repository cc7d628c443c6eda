#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves the network of topo.sh itself, without dsr: everyone reaches everyone on every kind of
# device, and the counters that the tests of dsr rely on do count, and do not when they should not.
# Timeout: 240


# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/topo.sh
. "$selftests/topo.sh"
# shellcheck source=selftests/assert.sh
. "$selftests/assert.sh"

need_root
need nft ethtool bridge ping
[ -x "$frame" ] || skip "needs the frame tool (make -C selftests)"
# As a reply of a real server looks to the switch.
reply=(udp4 --src "$vip4" --dst 198.51.100.1 --smac "$(mac_real 1)")

for kind in veth vlan bond bridge; do
	topo_new "$kind" 3
	for host in 192.0.2.10 192.0.2.101 192.0.2.103 "$vip4" 2001:db8:2::10 2001:db8:2::103 "$vip6"; do
		check "$kind: the client reaches $host" on "$client" ping -q -c 1 -W 5 "$host"
	done
	check_eq "$kind: the client finds the balancer's MAC behind the VIP" \
		"$(ip -n "$router" neigh show "$vip4" | grep -o 'lladdr [^ ]*')" "lladdr $mac_balancer"
	watch_replies
	must "$frame" send "$real1/eth0" "${reply[@]}" --dmac "$mac_router"
	check_tap "$kind: a reply to the router is seen there" "$router" reply4 1
	check_replies "$kind: and not at the balancer" 4
	must "$frame" send "$real1/eth0" "${reply[@]}" --dmac "$mac_balancer"
	check_tap "$kind: a reply to the balancer is seen there" "$balancer" reply4 1
	check_stat "$kind: nothing came broken" "$client" eth0 rx_errors 0
	topo_del
done

topo_new veth 2
topo_offload off
check_eq "offloads are off" "$(on "$real2" ethtool -k eth0 | grep -c \
	-e '^generic-receive-offload: off' -e '^tcp-segmentation-offload: off' -e '^tx-checksumming: off')" 3
tap_done

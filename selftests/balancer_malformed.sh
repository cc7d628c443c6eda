#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that what is not ours passes untouched, byte for byte, each frame under exactly one reason,
# and that what is odd but valid is steered with nothing but its MACs changed: truncated, wrong
# lengths and versions, VLAN in VLAN, fragments, ICMP, other protocols and ports, IPv4 options, IPv6
# extension headers, padding, checksums of zero, TTL 1.
#
#    gen eth0 --- eth0 lb eth1 --- eth0 real
#                      |
#                     mon0    gets a copy of all that dsr let pass on eth0
#
# gen says nothing of its own, so the sum of all reasons is the number of frames sent.

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3 nft
need_mod veth dummy 8021q nft_dup_netdev
mod_load
ns_new gen lb real
quiet "$gen" "$lb" "$real"
must ip -n "$lb" -batch - <<-END
	link add eth0 address 02:00:00:00:00:10 type veth peer name eth0 netns $gen address 02:00:00:00:00:01
	link add eth1 address 02:00:00:00:00:20 type veth peer name eth0 netns $real address 02:00:00:00:00:11
	link add mon0 mtu 9000 type dummy
	link set mon0 arp off up
	link set eth0 up
	link set eth1 up
	link add link eth1 name eth1.5 type vlan id 5
	link set eth1.5 up
	addr add 192.0.2.10/24 dev eth0
	addr add $vip4/32 dev eth0
	addr add 2001:db8::10/64 dev eth0 nodad
	addr add $vip6/128 dev eth0 nodad
	neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0
	neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 dev eth0
END
must ip -n "$gen" link set eth0 arp off up
must ip -n "$real" link set eth0 arp off up
# Behind dsr's hook, which has priority 0.
on "$lb" nft -f - <<-END || skip "nft cannot copy frames here"
	table netdev behind {
		chain dsr {
			type filter hook ingress device "eth0" priority 100;
			dup to "mon0"
		}
	}
END
must ctl "$lb" -batch - <<-END
	role add dev eth0 balancer
	service add udp4 $vip4:80/udp table-size 251
	service add tcp4 $vip4:80/tcp table-size 251
	service add udp6 [$vip6]:80/udp table-size 251
	service add tcp6 [$vip6]:80/tcp table-size 251
	service add none4 $vip4:90/udp table-size 251
	service add none6 [$vip6]:90/udp table-size 251
	real add udp4 198.51.100.11 dev eth1 lladdr 02:00:00:00:00:11
	real add tcp4 198.51.100.11 dev eth1 lladdr 02:00:00:00:00:11
	real add udp6 198.51.100.11 dev eth1 lladdr 02:00:00:00:00:11
	real add tcp6 198.51.100.11 dev eth1 lladdr 02:00:00:00:00:11
	service add tagged4 $vip4:100/udp table-size 251
	real add tagged4 198.51.100.11 dev eth1.5 lladdr 02:00:00:00:00:11
END
wait_for 5 active_is "$lb" tcp6 1
relay python3 "$selftests/balancer_malformed.py" "$gen" "$lb" "$real"
tap_done

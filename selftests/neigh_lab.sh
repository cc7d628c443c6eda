# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A balancer between a client and two reals, to be sourced after dsr_lib.sh. Nobody on the switch has the
# VIP, and nothing but ARP and ND finds the reals.
#
#    client eth0 --- eth0 lb eth1 --- switch --- real1, real2     lb eth0 has the role
#
# neigh_lab [PARAMETER=VALUE]... makes it, with the module loaded so; then $client, $lb, $switch,
# $real1 and $real2 are the namespaces. neigh_lab.py goes on from there.

# neigh_host NS N: a real on the switch.
neigh_host() {
	must ip -n "$switch" -batch - <<-END
		link add r$2 type veth peer name eth0 netns $1 address 02:00:00:00:01:1$2
		link set r$2 master br0 up
	END
	must ip -n "$1" -batch - <<-END
		link set eth0 up
		addr add 198.51.100.1$2/24 dev eth0
		addr add 2001:db8:1::1$2/64 dev eth0 nodad
		addr add fe80::1$2/64 dev eth0 nodad
	END
	must on "$1" sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1
}

neigh_lab() {
	need_root
	need python3 nft
	need_mod veth bridge
	mod_load "$@"
	ns_new client lb switch real1 real2
	quiet "$client" "$lb" "$switch" "$real1" "$real2"
	must ip -n "$lb" -batch - <<-END
		link add eth0 address 02:00:00:00:00:10 type veth peer name eth0 netns $client address 02:00:00:00:00:01
		link add eth1 address 02:00:00:00:01:10 type veth peer name lb netns $switch
		link set eth0 up
		link set eth1 up
		addr add 192.0.2.10/24 dev eth0
		addr add 2001:db8::10/64 dev eth0 nodad
		addr add 198.51.100.10/24 dev eth1
		addr add 2001:db8:1::10/64 dev eth1 nodad
		addr add fe80::10/64 dev eth1 nodad
	END
	must ip -n "$client" link set eth0 arp off up
	must ip -n "$switch" -batch - <<-END
		link add br0 type bridge mcast_snooping 0
		link set lb master br0 up
		link set br0 up
	END
	# Rules here make the reals mute: they are not asked any more. Other packets go on.
	must on "$switch" nft 'table netdev mute { chain in { type filter hook ingress device "lb" priority 0; }; }'
	neigh_host "$real1" 1
	neigh_host "$real2" 2
}

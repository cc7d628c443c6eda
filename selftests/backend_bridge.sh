#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that a backend which is a bridge for others, too, as hosts of virtual machines are, is silent
# for itself only: with br_netfilter, which shows bridged packets to the hooks of IPv4, IPv6 and ARP,
# whatever others ask, answer and announce about a VIP passes the bridge unchanged, and 0 answers are
# the host's own. Another address of the host answers as before. Both orders: the bridge, and with it
# br_netfilter's hooks, before the first VIP and after.
#
#    left eth0 --- p1 early p2 --- eth0 right     the bridge is there before the VIPs
#         eth1 --- p1 late p2 ---- eth1           and after
#
#    br0 of p1 and p2 has the IPv6 VIP and other addresses, lo has the IPv4 VIP

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

vips() { printf 'vip add %s noaddr\n' "$vip4" "$vip6" | must ctl "$host" -batch -; }

bridge() {
	must ip -n "$host" -batch - <<-END
		link add br0 address 02:00:00:00:00:10 type bridge mcast_snooping 0
		link set p1 master br0 up
		link set p2 master br0 up
		link set br0 up
		addr add 192.0.2.10/24 dev br0
		addr add 2001:db8::10/64 dev br0 nodad
		addr add $vip4/32 dev lo
		addr add $vip6/128 dev br0 nodad
	END
	must on "$host" sysctl -qw net.bridge.bridge-nf-call-{iptables,ip6tables,arptables}=1
}

# Counts what comes to a hook of IPv6.
count() {
	must on "$host" nft "add table ip6 seen; add counter ip6 seen every
		add chain ip6 seen in { type filter hook prerouting priority 0; }; add rule ip6 seen in counter name every"
}

need_root
need python3 nft
need_mod veth bridge
if [ ! -d /proc/sys/net/bridge ]; then
	need_mod br_netfilter
	# The next test finds its bridges as it expects them.
	at_exit modprobe -r br_netfilter
fi
# shellcheck disable=SC2119 # no parameters
mod_load
ns_new left right early late
quiet "$left" "$right" "$early" "$late"
for i in 0 1; do
	host=$early
	[ $i -eq 0 ] || host=$late
	must ip -n "$host" link add p1 type veth peer name eth$i netns "$left" address 02:00:00:00:00:01
	must ip -n "$host" link add p2 type veth peer name eth$i netns "$right" address 02:00:00:00:00:02
	must ip -n "$left" link set eth$i arp off up
	must ip -n "$right" link set eth$i arp off up
	if [ $i -eq 0 ]; then
		bridge
		vips
	else
		vips
		bridge
	fi
	count
done
relay python3 "$selftests/backend_bridge.py" "$left" "$right" "$early" "$late"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that a real stays in the table while nothing is known against it. Its entry in the kernel's
# neighbour table is flushed, deleted, lost because the way out changes its MAC address, or cannot be
# made again because the table is full of others, and for a while nobody answers: no table is built with fewer
# reals, no real is said to be unreachable, and every packet arrives at one. The same while its MAC
# is pinned and unpinned again and again, and while its address is asked for in vain on another device.
# A real that is really gone leaves as before. A real that is known is asked by unicast, as often as
# probe_interval says from the moment on that it is written.
#
#    client eth0 --- eth0 lb eth1 --- switch --- real1, real2     lb eth0 has the role
#
# Timeout: 240

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

# host NS N: a real on the switch.
host() {
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

need_root
need python3 nft
need_mod veth bridge
# Slow to ask, so that a while without answers says nothing against a real, in a slow guest either.
mod_load probe_interval=20000
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
host "$real1" 1
host "$real2" 2
# These are one for all namespaces.
for name in /proc/sys/net/ipv[46]/neigh/default/gc_thresh[123]; do
	at_exit eval "echo $(<"$name") >$name"
done
relay python3 "$selftests/balancer_neigh.py" "$client" "$lb" "$switch" "$DSRCTL" \
	"$real1" "$real2"
tap_done

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The network of a real site, in namespaces. Source it after lib.sh.
#
#    client ---- router ---- switch ---- balancer    $dut gets the role: one of four kinds of device
#                              |-------- real1       VIP on lo; default route: the router, so that
#                              |-------- real2       replies never come near the balancer
#                              `-------- realN
#
#    kind     the balancer's devices                switch port
#    veth     eth0                                  untagged
#    vlan     eth0 - eth0.7                         tagged 7 (every other port: untagged 7)
#    bond     eth0, eth1 - bond0 (active-backup)    two, untagged
#    bridge   eth0 - br0                            untagged
#
#    who        IPv4                            IPv6                              MAC
#    client     198.51.100.1                    2001:db8:1::1                     02:00:00:00:00:0c
#    router     198.51.100.254, 192.0.2.254     2001:db8:1::fe, 2001:db8:2::fe    …:00:fd, …:00:fe
#    balancer   192.0.2.10                      2001:db8:2::10                    02:00:00:00:00:0b
#    real N     192.0.2.(100+N)                 2001:db8:2::(100+N)               02:00:00:00:01:0N
#    VIP        192.0.2.80                      2001:db8:2::80                    the balancer's
#
# topo_new KIND [REALS] sets $client $router $switch $balancer $real1 … to the namespaces' names,
# $reals to those of the reals, $dut to the device that is to have the role.

# shellcheck disable=SC2034 # for the tests
vip4=192.0.2.80 vip6=2001:db8:2::80
# shellcheck disable=SC2034 # for the tests
mac_client=02:00:00:00:00:0c mac_router=02:00:00:00:00:fe mac_balancer=02:00:00:00:00:0b
reals=() topo_all=() dut=''

mac_real() { printf '02:00:00:00:01:%02x\n' "$1"; }

# topo_batch NS: lines for ip come by stdin; one process for all of them.
topo_batch() { must ip -n "$1" -batch -; }

# topo_cable WORD MAC [PORT]: from the switch to eth0 (or eth1, for a second PORT) of a namespace.
topo_cable() {
	local port=${3:-$1} eth=eth0

	[ "$port" = "$1" ] || eth=eth1
	topo_batch "$switch" <<-END
		link add $port type veth peer name $eth netns ${!1} address $2
		link set $port addrgenmode none
		link set $port master br0 up
	END
}

# topo_host NS DEV V4 V6: addresses, and the router as the way to everywhere else.
topo_host() {
	topo_batch "$1" <<-END
		link set $2 up
		addr add 192.0.2.$3/24 dev $2
		addr add 2001:db8:2::$4/64 dev $2 nodad
		route add default via 192.0.2.254 dev $2
		route add ::/0 via 2001:db8:2::fe dev $2
	END
}

topo_router() {
	topo_batch "$router" <<-END
		link add eth1 address 02:00:00:00:00:fd type veth peer name eth0 netns $client address $mac_client
		link set eth1 up
		link set eth0 up
		addr add 198.51.100.254/24 dev eth1
		addr add 192.0.2.254/24 dev eth0
		addr add 2001:db8:1::fe/64 dev eth1 nodad
		addr add 2001:db8:2::fe/64 dev eth0 nodad
	END
	# An ICMP redirect would teach the reals a way that no router of a real site has.
	must on "$router" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
	topo_batch "$client" <<-END
		link set eth0 up
		addr add 198.51.100.1/24 dev eth0
		addr add 2001:db8:1::1/64 dev eth0 nodad
		route add default via 198.51.100.254
		route add ::/0 via 2001:db8:1::fe
	END
}

# topo_balancer KIND
topo_balancer() {
	topo_cable balancer "$mac_balancer"
	dut=eth0
	case $1 in
	veth) ;;
	vlan)
		dut=eth0.7
		must bridge -n "$switch" vlan add dev balancer vid 7
		topo_batch "$balancer" <<-END
			link set eth0 addrgenmode none
			link set eth0 up
			link add link eth0 name eth0.7 type vlan id 7
		END
		;;
	bond)
		dut=bond0
		need_mod bonding
		topo_cable balancer 02:00:00:00:00:1b balancer1
		topo_batch "$balancer" <<-END
			link add bond0 address $mac_balancer type bond mode active-backup miimon 50 fail_over_mac none
			link set eth0 master bond0
			link set eth1 master bond0
		END
		;;
	bridge)
		dut=br0
		topo_batch "$balancer" <<-END
			link set eth0 addrgenmode none
			link add br0 address $mac_balancer type bridge mcast_snooping 0
			link set eth0 master br0
			link set eth0 up
		END
		;;
	*) tap_fail "set-up" "no kind of device '$1'"; exit 1 ;;
	esac
	topo_host "$balancer" "$dut" 10 10
	topo_batch "$balancer" <<-END
		addr add $vip4/32 dev $dut
		addr add $vip6/128 dev $dut nodad
	END
}

# topo_new KIND [REALS]
topo_new() {
	local kind=$1 n=${2:-3} i word words=()

	for ((i = 1; i <= n; i++)); do words+=("real$i"); done
	ns_new client router switch balancer "${words[@]}"
	topo_all=("$client" "$router" "$switch" "$balancer")
	# No multicast of the switch's own: what is counted is what the hosts sent.
	topo_batch "$switch" <<-END
		link add br0 type bridge mcast_snooping 0 vlan_filtering 1 vlan_default_pvid 7
		link set br0 addrgenmode none
		link set br0 up
	END
	topo_cable router "$mac_router"
	topo_router
	topo_balancer "$kind"
	reals=()
	for ((i = 1; i <= n; i++)); do
		word=real$i
		topo_cable "$word" "$(mac_real "$i")"
		topo_host "${!word}" eth0 $((100 + i)) $((100 + i))
		reals+=("${!word}")
	done
	topo_all+=("${reals[@]}")
	# A bond takes its carrier when it next looks.
	must wait_for 5 topo_reaches 192.0.2.10
	must wait_for 5 topo_reaches 2001:db8:2::10
}

topo_reaches() { on "$client" ping -q -c 1 -W 1 "$1"; }

# topo_del: all of it, to make room for the next kind.
topo_del() {
	ns_del "${topo_all[@]}"
	topo_all=()
}

# topo_offload on|off: segmentation, receive merging and checksums, on every device there is.
topo_offload() {
	local ns dev

	for ns in "${topo_all[@]}"; do
		for dev in $(ip -n "$ns" -o link | sed -nE 's/^[0-9]+: ([^:@]+).*/\1/p'); do
			# A device that cannot switch one of them says so; the others are switched.
			on "$ns" ethtool -K "$dev" gro "$1" gso "$1" tso "$1" tx "$1" rx "$1" >/dev/null 2>&1 || true
		done
	done
}

# topo_vips: each real holds both VIPs, silently.
topo_vips() {
	local ns

	for ns in "${reals[@]}"; do
		must "$DSRCTL" -n "$ns" vip add $vip4
		must "$DSRCTL" -n "$ns" vip add $vip6
	done
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086 # the words of a batch line, or of a list
#
# Proves that a VIP of the backend is silent in IPv6 neighbour discovery wherever it is, and nothing
# else is: 100,000 solicitations (ND_FLOOD for each place), 0 advertisements for the VIP, and 100 %
# for another address in the same place at the same time; also while the VIP on a NIC is removed and
# added 100 times. No duplicate address detection, no unsolicited advertisement, and no solicitation
# of our own in the VIP's name.
#
#    asker   eth0 --- eth0 host       VIPs on lo, on eth0, and as a proxy (proxy_ndp)
#            eth1 --- eth1 - br0      VIP on br0
#            eth2 --- eth2 - vrf0     VIP on vrf0
#
# Environment: ND_FLOOD (default 20000), TOGGLES (100).
# Timeout: 600

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

flood=${ND_FLOOD:-20000} toggles=${TOGGLES:-100}

# asks TARGET DEV N WANT: to the group of the target, or, where the device that is asked is not the
# one that has the address and so not in that group, to the target itself.
asks() {
	local to=()

	case $1 in *::a[03] | *::b4) to=(--dst "$1") ;; esac
	"$frame" flood "$asker/$2" ns --target "$1" "${to[@]}" --src fe80::1 --smac 02:00:00:00:00:01 \
		--dmac 02:00:00:00:00:10 --count "$3" --want "$4" >"$tmp/flood.$1"
}

# silent VIP OTHER DEV N: N solicitations for the VIP, at the same time a tenth for the other.
silent() {
	local pid bad=0

	asks "$2" "$3" $(($4 / 10)) $(($4 / 10)) &
	pid=$!
	asks "$1" "$3" "$4" 0 || { comment "$1: $(cat "$tmp/flood.$1")"; bad=1; }
	wait $pid || { comment "$2: $(cat "$tmp/flood.$2")"; bad=1; }
	[ $bad -eq 0 ] || comment "dropped by full queues of CPUs until now: $(dropped)"
	echo "$4 $(($4 / 10))" >>"$tmp/sent"
	return $bad
}

# dropped: frames that no stack saw because the queue of a CPU was full.
dropped() {
	local n=0 count

	while read -r _ count _; do n=$((n + 0x$count)); done </proc/net/softnet_stat
	echo $n
}

toggle() {
	local i

	for ((i = 0; i < toggles; i++)); do
		printf 'vip del 2001:db8::a1\nvip add 2001:db8::a1 dev eth0\n'
	done | ctl "$host" -batch -
}

under_toggles() {
	local pid bad=0 n=0

	toggle 2>"$tmp/toggle" &
	pid=$!
	until [ $n -ge "$flood" ] && ! kill -0 $pid 2>/dev/null; do
		silent 2001:db8::a1 2001:db8::b1 eth0 $((flood / 5)) || bad=1
		n=$((n + flood / 5))
	done
	wait $pid || { cat "$tmp/toggle"; bad=1; }
	return $bad
}

need_root
need python3
need_mod veth bridge vrf
[ -x "$frame" ] || skip "selftests/frame is not built"
mod_load
ns_new asker host
quiet "$asker"
must ip -n "$asker" -batch - < <(for i in 0 1 2; do
	echo "link add eth$i address 02:00:00:00:00:01 type veth peer name eth$i netns $host address 02:00:00:00:00:10"
	echo "link set eth$i arp off up"
done)
on "$host" sysctl -qw net.ipv6.conf.eth0.proxy_ndp=1 net.ipv6.conf.all.forwarding=1
must ip -n "$host" -batch - <<-END
	link add br0 address 02:00:00:00:00:10 type bridge mcast_snooping 0
	link set eth1 master br0
	link add vrf0 type vrf table 10
	link set eth2 master vrf0
	link set vrf0 up
	link set br0 up
	link set eth0 up
	link set eth1 up
	link set eth2 up
	addr add 2001:db8::b1/64 dev eth0 nodad
	addr add 2001:db8:1::b2/64 dev br0 nodad
	addr add 2001:db8:2::b3/64 dev eth2 nodad
	addr add 2001:db8:2::b4/128 dev vrf0 nodad
	neigh add proxy 2001:db8::a5 dev eth0
	neigh add proxy 2001:db8::b5 dev eth0
	route add 2001:db8::a5/128 dev br0
	route add 2001:db8::b5/128 dev br0
END
must ctl "$host" -batch - <<-END
	vip add 2001:db8::a0
	vip add 2001:db8::a1 dev eth0
	vip add 2001:db8:1::a2 dev br0
	vip add 2001:db8:2::a3 dev vrf0
	vip add 2001:db8::a5 noaddr
END

: >"$tmp/sent"
check "VIP on lo: 0 answers, another address: all" silent 2001:db8::a0 2001:db8::b1 eth0 "$flood"
check "VIP on a NIC, removed and added $toggles times: 0 answers, another address: all" under_toggles
check "VIP on a bridge: 0 answers, another address: all" silent 2001:db8:1::a2 2001:db8:1::b2 eth1 "$flood"
check "VIP on a VRF: 0 answers, another address: all" silent 2001:db8:2::a3 2001:db8:2::b4 eth2 "$flood"
check "VIP on a VRF: 0 answers, the port's own address: all" \
	silent 2001:db8:2::a3 2001:db8:2::b3 eth2 $((flood / 10))
check "VIP of proxy_ndp: 0 answers, another address: all" silent 2001:db8::a5 2001:db8::b5 eth0 "$flood"
read -r sent control < <(awk '{ a += $1; b += $2 } END { print a, b }' "$tmp/sent")
comment "$sent solicitations for VIPs, 0 answers; $control for other addresses, all answered"
check "these were $((5 * flood)) solicitations at least" [ "$sent" -ge $((5 * flood)) ]
relay python3 "$selftests/backend_nd.py" "$asker" "$host"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086 # the words of a batch line, or of a list
#
# Proves that a VIP of the backend is silent in ARP, and nothing else is:
#
# 1. 100,000 requests (ARP_FLOOD of each: broadcast, unicast, probe, gratuitous), 0 answers for the
#    VIP, and 100 % for another address at the same time; before, during and after 100 times
#    `vip del` and `vip add`.
# 2. arp_ignore 0-8 and arp_announce 0-2 mean what the sysctls of these names mean: two hosts with
#    the same addresses, one by dsr, one by sysctl, are asked the same.
# 3. Own requests and announcements, proxy ARP, VIPs on lo, eth0 and a dummy; exact counters.
#
#            eth0 --- eth0 host      VIPs by dsr, sysctls 0      dum0
#    asker   bare --- bare host      no address of its own
#            eth1 --- eth0 plain     same addresses, sysctls     dum0
#
# Environment: ARP_FLOOD (default 25000), TOGGLES (100).
# Timeout: 600

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

flood=${ARP_FLOOD:-25000} toggles=${TOGGLES:-100}
vip=203.0.113.1 other=192.0.2.7 kinds=(broadcast unicast probe garp)

placed=("203.0.113.2/32 dev eth0" "198.51.100.1/24 dev eth0" "203.0.113.4/32 dev eth0 scope host"
	"203.0.113.5/32 dev eth0 scope link" "198.18.0.1/24 dev dum0")

# host_lines MAC: what both hosts have.
host_lines() {
	local a

	echo "link add dum0 type dummy"
	echo "link set dum0 up"
	echo "link set eth0 address $1 up"
	# A source address of scope host does not leave, and a /32 is nobody's neighbour.
	echo "addr add 192.0.2.10/24 dev eth0"
	echo "addr add $other/32 dev lo"
	for a in "${placed[@]}"; do echo "addr add $a"; done
	echo "route add 203.0.113.0/24 dev eth0"
	echo "route add 100.64.0.0/16 dev eth0"
	echo "route add 198.18.1.0/24 dev eth0"
	echo "route add 100.66.0.0/16 dev dum0"
	echo "neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0"
}

# asks TARGET KIND N WANT: floods and prints how many answers came.
asks() {
	"$frame" flood "$asker/eth0" arp --target "$1" --src 192.0.2.1 --as "$2" --count "$3" \
		--smac 02:00:00:00:00:01 --dmac "$(dmac_of "$2")" --want "$4" >"$tmp/flood.$1"
}

dmac_of() { [ "$1" = unicast ] && echo 02:00:00:00:00:10 || echo ff:ff:ff:ff:ff:ff; }

# silent N: N of each kind for the VIP, at the same time for another address. Both are asked alike,
# but nobody answers a gratuitous request, so the other address only has three kinds.
silent() {
	local kind n=$1 pid bad=0

	for kind in "${kinds[@]}"; do
		if [ $kind = garp ]; then
			asks "$vip" $kind "$n" 0 || bad=1
			continue
		fi
		# As many, but not faster than answers can be counted.
		asks "$other" $kind $((n / 10)) $((n / 10)) &
		pid=$!
		asks "$vip" $kind "$n" 0 || bad=1
		wait $pid || { comment "$kind for $other: $(cat "$tmp/flood.$other")"; bad=1; }
	done
	echo "$((4 * n)) $((3 * (n / 10)))" >>"$tmp/sent"
	return $bad
}

toggle() {
	local i

	for ((i = 0; i < toggles; i++)); do
		printf 'vip del %s\nvip add %s\n' $vip $vip
	done | ctl "$host" -batch -
}

# under_toggles N: floods until all toggles are done, N of each kind at least.
under_toggles() {
	local pid bad=0 part=$((flood / 10)) done_n=0 during=0

	toggle 2>"$tmp/toggle" &
	pid=$!
	until [ $done_n -ge "$1" ]; do
		silent $part || bad=1
		done_n=$((done_n + part))
		! kill -0 $pid 2>/dev/null || during=$done_n
	done
	while kill -0 $pid 2>/dev/null; do
		silent $part || bad=1
		during=$((during + part))
	done
	wait $pid || { cat "$tmp/toggle"; bad=1; }
	comment "the toggles took as long as $during requests of each kind"
	return $bad
}

need_root
need python3
need_mod veth dummy
[ -x "$frame" ] || skip "selftests/frame is not built"
mod_load
ns_new asker host plain
quiet "$asker"
must ip -n "$asker" -batch - <<-END
	link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 netns $host
	link add bare type veth peer name bare netns $host
	link add eth1 address 02:00:00:00:00:02 type veth peer name eth0 netns $plain
	link set eth0 arp off up
	link set bare arp off up
	link set eth1 arp off up
END
must ip -n "$host" -batch - < <(host_lines 02:00:00:00:00:10
	echo "link set bare up"
	echo "route add 100.99.0.0/16 dev bare")
must ip -n "$plain" -batch - < <(host_lines 02:00:00:00:00:20; echo "link set eth0 up")
must ctl "$host" -batch - <<-END
	role add dev eth0 backend
	vip add $vip
	vip add 203.0.113.2 noaddr
	vip add 198.51.100.1 noaddr
	vip add 203.0.113.4 noaddr
	vip add 203.0.113.5 noaddr
	vip add 198.18.0.1 noaddr
END
# In the scope that dsrctl chose.
must ip -n "$plain" addr add $vip/32 dev lo scope \
	"$(ip -n "$host" -o addr show dev lo to $vip | sed 's/.* scope \([a-z]*\).*/\1/')"

: >"$tmp/sent"
check "0 answers for the VIP before" silent $((flood / 5))
check "0 answers for the VIP while it is removed and added $toggles times" \
	under_toggles $((flood * 3 / 5))
check "0 answers for the VIP after" silent $((flood - flood / 5 - flood * 3 / 5))
read -r sent control < <(awk '{ a += $1; b += $2 } END { print a, b }' "$tmp/sent")
comment "$sent requests for the VIP, 0 answers; $control for another address, all answered"
check "these were $((4 * flood)) requests at least" [ "$sent" -ge $((4 * flood)) ]
relay python3 "$selftests/backend_arp.py" "$asker" "$host" "$plain"
tap_done

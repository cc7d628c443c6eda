# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: one veth pair with pktgen on one end and the path under test on the other.
#
#    cl: c0 (pktgen; what comes back is dropped by tc) --- lb: l0 (the path under test, one-armed)
#
# Under -icount the guest's clock counts instructions, so pktgen's "ns per packet" is instructions
# per packet: of the generator, of veth, of the path, and of the way back to the drop at c0. What
# is not the path's is taken off by measuring a drop at l0's ingress with the same generator.
#
#    gen WORD...           choose the generator, see there
#    measure ID            warm up, send, add a line to $results
#    base                  measure a drop at ingress with this generator: what the next are above

results=${DSR_LOGS%/*}/bench.tsv
count=${COUNT:-30000} warm=${WARM:-8000}
vip=10.0.9.9 vip6=2001:db8:9::9
lb_mac=02:00:00:00:00:fe
base_ns=0

die() { echo "bench: $*" >&2; exit 1; }
cl() { ip netns exec cl "$@"; }
lb() { ip netns exec lb "$@"; }
# Into the namespace without a /sys of its own: pins of bpffs stay visible.
lb_net() { nsenter --net=/run/netns/lb "$@"; }

# reals N: for each of N reals its number, the two last bytes of its IPv4 address in 10.0.0.0/16,
# and those of its MAC address in 02:00:00:01:00:00.
reals() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		print i, 16 + int(i / 250), 1 + i % 250, int(i / 256), i % 256 }'
}

bed_up() {
	modprobe -a pktgen veth sch_ingress cls_matchall act_gact act_mirred || die "modules"
	ip netns add cl
	ip netns add lb
	lb sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.addr_gen_mode=1
	cl sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.addr_gen_mode=1
	ip link add c0 netns cl address 02:00:00:00:00:01 type veth \
		peer name l0 netns lb address $lb_mac || die "veth"
	cl ip addr add 10.0.0.1/8 dev c0
	lb ip addr add 10.0.0.254/16 dev l0
	lb ip -6 addr add 2001:db8:1::fe/64 dev l0
	cl ip link set c0 up
	lb ip link set l0 up
	lb ip link set lo up
	lb sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.l0.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.l0.send_redirects=0
	cl tc qdisc add dev c0 clsact
	cl tc filter add dev c0 ingress matchall action drop
}

# gen [flows N] [to other-address|other-port|many] [v6]: pktgen's settings, in $generator.
# Flows are spread over 250 addresses by ports; "many" goes to 2,500 VIPs with 4 ports each.
# The last of each range is not used by pktgen.
gen() {
	local flows=1000 to='' v6='' dst=$vip dport='udp_dst_min 80,udp_dst_max 80' ports

	while [ $# -gt 0 ]; do
		case $1 in
		flows) flows=$2; shift 2 ;;
		to) to=$2; shift 2 ;;
		v6) v6=yes; shift ;;
		*) die "gen: $1" ;;
		esac
	done
	case $to in
	other-address) dst=10.0.8.8 ;;
	other-port) dport='udp_dst_min 81,udp_dst_max 81' ;;
	many) dport='udp_dst_min 80,udp_dst_max 84,flag UDPDST_RND' ;;
	esac
	generator="clone_skb 0,delay 0,dst_mac $lb_mac,$dport"
	if [ "$v6" ]; then
		[ "$to" != other-address ] || vip6_to=2001:db8:8::8
		generator+=",pkt_size 80,dst6 ${vip6_to:-$vip6},src6 2001:db8:1::1"
		unset vip6_to
		ports=$flows
	else
		generator+=",pkt_size 60,src_min 10.0.2.1,src_max 10.0.2.$((flows == 1 ? 1 : 251))"
		ports=$((flows / 250 > 0 ? flows / 250 : 1))
		if [ "$to" = many ]; then
			generator+=",dst_min 10.1.0.0,dst_max 10.1.9.196,flag IPDST_RND"
		else
			generator+=",dst $dst"
		fi
		[ "$flows" -eq 1 ] || generator+=",flag IPSRC_RND"
	fi
	generator+=",udp_src_min 1024,udp_src_max $((1024 + (ports == 1 ? 0 : ports)))"
	[ "$ports" -eq 1 ] || generator+=",flag UDPSRC_RND"
	# Kernels before 6.3 have no such flag: there every skb is shared, and who writes must copy.
	generator+=",flag !SHARED"
}

# send COUNT: prints nanoseconds per packet, which are instructions per packet.
send() {
	# shellcheck disable=SC2016 # for the inner shell
	cl bash -c '
		P=/proc/net/pktgen
		echo rem_device_all >$P/kpktgend_0
		echo "add_device c0" >$P/kpktgend_0
		IFS=,
		for word in $1; do echo "$word" >$P/c0 2>/dev/null || [ "$word" = "flag !SHARED" ] || exit 1; done
		echo start >$P/pgctrl
		grep -A 1 Result $P/c0' - "count $1,$generator" |
		sed -n 's/.*OK: \([0-9]*\)(.*usec, \([0-9]*\) .*/\1 \2/p' |
		awk '{ printf "%.2f\n", $1 * 1000 / $2 }'
}

sent_back() { cl cat /sys/class/net/c0/statistics/rx_packets; }

# measure ID [WANT]: WANT is how much must come back: all (default), none, any.
measure() {
	local id=$1 want=${2:-all} before ns back

	[[ $id =~ ${ONLY:-.} ]] || return 0
	send "$warm" >/dev/null
	before=$(sent_back)
	ns=$(send "$count")
	back=$(($(sent_back) - before))
	case $want in
	all) [ "$back" -ge "$count" ] || die "$id: only $back of $count packets came back" ;;
	none) [ "$back" -le 5 ] || die "$id: $back packets came back, none should" ;;
	esac
	[ "$ns" ] || die "$id: pktgen gave no result"
	[ "$id" != drop ] || base_ns=$ns
	printf 'path\t%s\t%s\t%s\t%d\n' "$id" "$ns" "$base_ns" "$back" >>"$results"
	printf '%-28s %9.1f above drop %9.1f\n' "$id" "$ns" "$(awk "BEGIN { print $ns - $base_ns }")"
}

# tc_ingress WORD...: the only filter of l0; without words none, nor the qdisc, which costs too.
tc_ingress() {
	lb tc qdisc del dev l0 clsact 2>/dev/null
	[ $# -eq 0 ] || { lb tc qdisc add dev l0 clsact && lb tc filter add dev l0 ingress "$@"; } ||
		die "tc $*"
}

base() {
	local only=${ONLY:-}

	tc_ingress matchall action drop
	ONLY='' measure drop none
	ONLY=$only
	tc_ingress
}

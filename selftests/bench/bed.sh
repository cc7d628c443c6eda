# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: a wire with a sender on one end and the path under test on the other. $bed tells one
# pair of namespaces from another where there are several.
#
#    cl: c0 (source.c; what comes back is dropped by tc) --- lb: l0 (the path under test, one-armed)
#
# Under -icount the guest's clock counts instructions, so nanoseconds per packet are instructions per
# packet: of the sender, of veth, of the path, and of the way back to the drop at c0. What is not the
# path's is taken off by measuring a drop at l0's ingress of the same packets.
#
#    gen WORD...           choose what is sent, see there
#    measure ID            warm up, send, add a line to $results
#    base                  measure a drop of it at ingress: what the next are above

results=${DSR_LOGS%/*}/bench.tsv
count=${COUNT:-30080} warm=${WARM:-8000}
vip=10.0.9.9 vip6=2001:db8:9::9
client_mac=02:00:00:00:00:01 lb_mac=02:00:00:00:00:fe
base_ns=0 bed='' came_back=(cl c0 rx)

die() { echo "bench: $*" >&2; exit 1; }
cl() { ip netns exec "cl$bed" "$@"; }
lb() { ip netns exec "lb$bed" "$@"; }
# Into the namespace without a /sys of its own: pins of bpffs stay visible.
cl_net() { nsenter "--net=/run/netns/cl$bed" "$@"; }
lb_net() { nsenter "--net=/run/netns/lb$bed" "$@"; }

# reals N: for each of N reals its number, the two last bytes of its IPv4 address in 10.0.0.0/16,
# and those of its MAC address in 02:00:00:01:00:00.
reals() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		print i, 16 + int(i / 250), 1 + i % 250, int(i / 256), i % 256 }'
}

wire_veth() {
	ip link add c0 netns "cl$bed" address $client_mac type veth \
		peer name l0 netns "lb$bed" address $lb_mac || die "veth"
}

# The two network cards that bench.sh gives the guest, joined outside. The client's throws away
# what is for the reals, at no instruction of ours: what has left is counted where it leaves.
wire_virtio() {
	local dev

	modprobe virtio_net || die "modules"
	for dev in /sys/class/net/*; do
		case $(<"$dev/address") in
		"$client_mac") ip link set "${dev##*/}" netns "cl$bed" name c0 ;;
		"$lb_mac") ip link set "${dev##*/}" netns "lb$bed" name l0 ;;
		esac
	done
}

# bed_up [veth|virtio]
bed_up() {
	modprobe -a veth af_packet sch_ingress cls_matchall act_gact act_mirred || die "modules"
	ip netns add "cl$bed"
	ip netns add "lb$bed"
	lb sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.addr_gen_mode=1
	cl sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.addr_gen_mode=1
	"wire_${1:-veth}"
	cl ip addr add 10.0.0.1/8 dev c0
	lb ip addr add 10.0.0.254/16 dev l0
	lb ip -6 addr add 2001:db8:1::fe/64 dev l0
	cl ip link set c0 up || die "no c0"
	lb ip link set l0 up || die "no l0"
	lb ip link set lo up
	lb sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.l0.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.l0.send_redirects=0
	cl tc qdisc add dev c0 clsact
	cl tc filter add dev c0 ingress matchall action drop
}

# neighbours [N]: of reals, that never need resolving, as a router in full use has them.
neighbours() {
	reals "${1:-3}" | awk '{ printf "neigh replace 10.0.%d.%d lladdr 02:00:00:01:%02x:%02x dev l0 nud permanent\n",
		$2, $3, $4, $5 }' | lb ip -batch -
}

# gen [flows N] [to other-address|other-port|many] [services N] [v6]: what is sent, in $generator.
# Flows are 1,000 if not said; "many" goes to 10,000 services, four to a VIP; "services N" to so
# many. What is not for us IP drops at once.
gen() {
	local to=$vip other=10.0.8.8

	generator=()
	while [ $# -gt 0 ]; do
		case "$1 ${2:-}" in
		'flows '*) generator+=(-f "$2"); shift ;;
		'to other-address') to=$other generator+=(-b); shift ;;
		'to other-port') generator+=(-b -p 81); shift ;;
		'to many') to=10.1.0.0 generator+=(-s 10000); shift ;;
		'services '*) to=10.1.0.0 generator+=(-s "$2"); shift ;;
		'v6 '*) to=$vip6 other=2001:db8:8::8 ;;
		*) die "gen: $*" ;;
		esac
		shift
	done
	generator+=(-d "$to")
}

# send COUNT: prints nanoseconds for each packet, which are instructions.
send() { cl "$SOURCE" -i c0 -n "$1" "${generator[@]}" | cut -d ' ' -f 1; }

sent_back() { "${came_back[0]}" cat "/sys/class/net/${came_back[1]}/statistics/${came_back[2]}_packets"; }

# measure ID [WANT]: WANT is how much must come back: all (default), none, any.
measure() {
	local id=$1 want=${2:-all} before ns back

	[[ $id =~ ${ONLY:-.} ]] || return 0
	send "$warm" >/dev/null
	before=$(sent_back)
	# The least of three: what disturbs, a timer or a worker, only ever adds.
	ns=$(for _ in 1 2 3; do send $((count / 3)); done | sort -n | head -n 1)
	back=$(($(sent_back) - before))
	case $want in
	all) [ "$back" -ge $((count / 3 * 3)) ] || die "$id: only $back of $count packets came back" ;;
	none) [ "$back" -le $((count / 1000)) ] || die "$id: $back packets came back, none should" ;;
	esac
	[ -n "$ns" ] || die "$id: nothing was sent"
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

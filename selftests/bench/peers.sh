# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: what others pay for the same. Needs bed.sh; $XDP_OBJ, the compiled xdp.bpf.c.
# One service with three reals, packets of 1,000 flows, sent back by the device they came from.

redirect_up() { tc_ingress matchall action mirred egress redirect dev l0; }

flower_up() {
	modprobe -a cls_flower act_pedit
	tc_ingress protocol ip flower dst_ip "$vip" ip_proto udp dst_port 80 \
		action pedit ex munge eth dst set 02:00:00:01:00:00 pipe \
		action mirred egress redirect dev l0
}

jhash_up() {
	lb nft -f - <<-END || die "nft"
		table netdev t {
			chain c {
				type filter hook ingress device l0 priority 0;
				ip daddr $vip udp dport 80 ether daddr set jhash ip saddr . udp sport mod 3 map {
					0 : 02:00:00:01:00:00, 1 : 02:00:00:01:00:01, 2 : 02:00:00:01:00:02 } fwd to l0;
			}
		}
	END
}

# What Debian's nftlb made of this service: nftlb.sh.
nftlb_up() { lb nft -f "$here/nftlb.nft" || die "nftlb.nft"; }

tc_paths() {
	redirect_up
	measure tc-redirect
	flower_up
	measure tc-flower-pedit-redirect
	tc_ingress
}

nft_paths() {
	jhash_up
	measure nft-jhash-fwd
	lb nft flush ruleset
	nftlb_up
	measure nftlb-dsr
	lb nft flush ruleset
}

forward_up() {
	neighbours
	lb sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ip_early_demux=0
	lb ip route add "$vip" via 10.0.16.1 || die "route"
}

forward_down() {
	lb ip route del "$vip"
	lb sysctl -qw net.ipv4.ip_forward=0
}

forward() {
	forward_up
	measure ip-forward
	forward_down
}

# A bridge of one port that may send back: the way in and out is that of the others.
bridge() {
	modprobe bridge
	lb ip link add br0 type bridge mcast_snooping 0
	lb ip link set l0 master br0
	lb ip link set br0 up
	lb bridge link set dev l0 hairpin on learning off
	lb bridge fdb replace 02:00:00:01:00:00 dev l0 master static
	generator+=(-m 02:00:00:01:00:00)
	measure linux-bridge
	lb ip link del br0
	lb ip addr replace 10.0.0.254/16 dev l0
}

# ipvs_ready [REALS]: as one would set it for a balancer with a million flows.
ipvs_ready() {
	modprobe ip_vs conn_tab_bits=20
	modprobe -a ip_vs_rr ip_vs_sh ip_vs_mh
	neighbours "${1:-3}"
	lb ip addr add "$vip/32" dev lo
	lb sysctl -qw net.ipv4.ip_early_demux=0 net.ipv4.vs.conntrack=0
	# Rates are what users rarely look at and a timer works for; 6.1 can do without, too.
	lb sysctl -qw net.ipv4.vs.run_estimation=0 2>/dev/null
}

# ipvs_up SCHEDULER [REALS]
ipvs_up() {
	lb ipvsadm -A -u "$vip:80" -s "$1"
	reals "${2:-3}" | awk -v vip="$vip" '{ printf "-a -u %s:80 -r 10.0.%d.%d -g -w 1\n", vip, $2, $3 }' |
		lb ipvsadm -R || die "ipvsadm"
}

ipvs() {
	local s

	ipvs_ready 3
	for s in rr sh mh; do
		ipvs_up $s
		measure ipvs-dr-$s
		lb ipvsadm -C
	done
	lb ip addr del "$vip/32" dev lo
}

xdp() {
	[ -s "${XDP_OBJ:-}" ] || die "no BPF object"
	bpftool prog loadall "$XDP_OBJ" /sys/fs/bpf/bench || die "this kernel refuses $XDP_OBJ"
	head -c 64 /dev/zero >/run/zero
	bpftool prog run pinned /sys/fs/bpf/bench/fill data_in /run/zero >/dev/null || die "fill"
	lb_net bpftool net attach xdpgeneric pinned /sys/fs/bpf/bench/steer dev l0
	measure xdp-generic
	lb_net bpftool net detach xdpgeneric dev l0
	# veth takes frames from XDP only where the other end has XDP too: that is the drop here.
	cl_net bpftool net attach xdpdrv pinned /sys/fs/bpf/bench/drop dev c0
	lb_net bpftool net attach xdpdrv pinned /sys/fs/bpf/bench/steer dev l0
	measure xdp-native any
	lb_net bpftool net detach xdpdrv dev l0
	cl_net bpftool net detach xdpdrv dev c0
}

peers() {
	gen
	base
	tc_paths
	nft_paths
	xdp
	forward
	ipvs
	bridge
}

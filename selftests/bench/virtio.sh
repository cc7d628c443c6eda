# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: the paths between two virtio network cards instead of a veth. A packet comes by DMA
# into a page, up through NAPI and GRO, and leaves through a queue and a ring. What it takes on the
# other side, to send it and to receive what came back, is not in the figures above drop. bench.sh joins the
# cards in QEMU and has each sent ring emptied by a timer of the guest's clock, so that the same
# instructions lead to the same batches. What the emulated card itself does is no instruction; the
# stores that wake it up, its doorbells, and its interrupts are counted apart:
#
#    virtio  ID  DOORBELLS-PER-PACKET-SENT  INTERRUPTS-PER-PACKET
#
# of l0, the card of the path. Needs bed.sh, ours.sh, peers.sh.

# card: packets l0 has received, sent, its doorbells, its interrupts; since it is there.
card() {
	local name

	name=$(readlink /sys/class/net/l0/device)
	echo "$(</sys/class/net/l0/statistics/rx_packets)" "$(</sys/class/net/l0/statistics/tx_packets)" \
		"$(ethtool -S l0 | awk '/[rt]x.*kicks:/ { sum += $2 } END { print sum + 0 }')" \
		"$(awk -v of="^${name##*/}-" '$NF ~ of { sum += $2 } END { print sum + 0 }' /proc/interrupts)"
}

# through ID [WANT]: measure() of a path, and what its card had to be told.
through() {
	local before after

	[[ virtio-$1 =~ ${ONLY:-.} ]] || return 0
	before=$(lb bash -c "$(declare -f card); card")
	measure "virtio-$1" "${2:-all}"
	after=$(lb bash -c "$(declare -f card); card")
	awk -v id="$1" -v a="$before" -v b="$after" 'BEGIN {
		split(a, x, " "); split(b, y, " ")
		printf "virtio\t%s\t%.4f\t%.4f\n", id, y[2] == x[2] ? 0 : (y[3] - x[3]) / (y[2] - x[2]),
			(y[4] - x[4]) / (y[1] - x[1]) }' | tee -a "$results"
}

virtio_ours() {
	dsr_role
	dsr_web
	through dsr-v4
	through dsr-v4-again
	dsr service del web
	dsr_base v6
	dsr_web6
	through dsr-v6
	dsr service del web6
	dsr_no_role
}

virtio() {
	local s

	# shellcheck source=selftests/bench/peers.sh
	. "$here/peers.sh"
	bed=-virtio came_back=(lb l0 tx)
	bed_up virtio
	gen
	base
	redirect_up
	through tc-redirect
	flower_up
	through tc-flower-pedit-redirect
	tc_ingress
	jhash_up
	through nft-jhash-fwd
	lb nft flush ruleset
	nftlb_up
	through nftlb-dsr
	lb nft flush ruleset
	forward_up
	through ip-forward
	forward_down
	ipvs_ready 3
	for s in rr sh mh; do
		ipvs_up $s
		through ipvs-dr-$s
		lb ipvsadm -C
	done
	lb ip addr del "$vip/32" dev lo
	virtio_ours
	# shellcheck disable=SC2034 # bed.sh's
	bed='' came_back=(cl c0 rx)
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# native_guest.sh GROUP...: in User-Mode Linux. Every path gets a bed of its own that stays, so that
# all can have their turn in every round: what disturbs the machine for a while disturbs them alike.
# Just before each turn the drop of the same packets has its own: a line of native.tsv has both.
#
#    native  ID  ROUND  NS-PER-PACKET  NS-OF-THE-DROP

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/bench/bed.sh
. "$here/bed.sh"
# shellcheck source=selftests/bench/ours.sh
. "$here/ours.sh"
# shellcheck source=selftests/bench/peers.sh
. "$here/peers.sh"
# shellcheck source=selftests/bench/control.sh
. "$here/control.sh"

results=/run/dsr/native.tsv
flows_all=10000
declare -A base_of want_of words_of
ids=()

# All is built in; this says so.
modprobe() { command modprobe -d "$KROOT" "$@"; }

# put ID BASE WANT WORDS UP [ARG]...: a path; what its figure is above; what must come back (all or
# none); what is sent, in the words of gen(); what makes it, in the bed that is there then.
put() {
	local id=$1

	[[ $id =~ ${ONLY:-.} || -z $2 || $id = stack ]] || return 0
	base_of[$id]=$2 want_of[$id]=$3 words_of[$id]=$4
	ids+=("$id")
	bed=-$id
	bed_up
	# shellcheck disable=SC2086 # words
	gen $4
	"${@:5}"
}

# burst ID PATH: prints the nanoseconds of packets that are meant for PATH, sent to ID.
burst() {
	local before ns back

	bed=-$1
	# shellcheck disable=SC2086 # words
	gen ${words_of[$2]}
	send "$warm" >/dev/null
	before=$(sent_back)
	ns=$(cl "$SOURCE" -t -i c0 -n "$count" "${generator[@]}" | cut -d ' ' -f 3)
	back=$(($(sent_back) - before))
	case ${want_of[$1]} in
	all) [ "$back" -ge "$count" ] || die "$1: only $back of $count packets came back" ;;
	none) [ "$back" -le $((count / 1000)) ] || die "$1: $back packets came back, none should" ;;
	esac
	echo "$ns"
}

rounds() {
	local round id below ns

	for ((round = 1; round <= ROUNDS; round++)); do
		echo "# round $round of $ROUNDS (${#ids[@]} paths)"
		for id in "${ids[@]}"; do
			[ "${base_of[$id]}" ] || continue
			below=$(burst "${base_of[$id]}" "$id") && ns=$(burst "$id" "$id") || exit
			printf 'native\t%s\t%d\t%s\t%s\n' "$id" "$round" "$ns" "$below" >>"$results"
		done
	done
}

dsr_here() { dsr_role && "$@"; }
dsr_services() { dsr_many "$1" | dsr_batch && dsr service show s0 >/dev/null; }

# A flow that is not known yet costs something else; and none is forgotten before the end.
ipvs_known() {
	lb ipvsadm --set 0 0 86400
	cl "$SOURCE" -i c0 -a -n "$1" "${generator[@]}" >/dev/null
}

ipvs_here() {
	ipvs_ready "${2:-}"
	ipvs_up "$1" "${2:-}"
	ipvs_known "${3:-1000}"
}

ipvs_services() {
	ipvs_ready
	lb ip route add local 10.1.0.0/16 dev lo
	ipvs_many "$1" | lb ipvsadm -R || die "ipvsadm"
	ipvs_known $flows_all
}

paths() {
	local s

	put tc-redirect drop all '' redirect_up
	put dsr-v4 drop all '' dsr_here dsr_web
	put dsr-v4-again drop all '' dsr_here dsr_web
	put dsr-v6 drop all 'v6' dsr_here dsr_web6
	put stack drop none 'to other-address' true
	put pass-no-service stack none 'to other-address' dsr_role
	put pass-other-address stack none 'to other-address' dsr_here dsr_web
	put pass-other-port stack none 'to other-port' dsr_here dsr_web
	put nft-jhash-fwd drop all '' jhash_up
	put nftlb-dsr drop all '' nftlb_up
	put tc-flower-pedit-redirect drop all '' flower_up
	put ip-forward drop all '' forward_up
	for s in rr sh mh; do put ipvs-dr-$s drop all '' ipvs_here $s; done
}

flows() {
	local n

	for n in 1 1000 10000 100000 1000000; do
		put flows-dsr-$n drop all "flows $n" dsr_here dsr_web
		put flows-ipvs-$n drop all "flows $n" ipvs_here rr 3 $n
	done
}

# The same number of connections in all.
services() {
	local n

	for n in 1 10 100 1000 10000; do
		put services-dsr-$n drop all "services $n flows $((flows_all / n))" dsr_here dsr_services $n
		put services-ipvs-$n drop all "services $n flows $((flows_all / n))" ipvs_services $n
	done
}

reals_() {
	local n

	for n in 3 10 100 1000; do
		put reals-dsr-$n drop all "flows $flows_all" dsr_here dsr_web $n
		put reals-ipvs-$n drop all "flows $flows_all" ipvs_here rr $n $flows_all
	done
}

mkdir -p "$DSR_LOGS"
: >"$results"
modprobe -a ip_vs cls_flower act_pedit nf_tables || die "modules"
dsr_load
put drop '' none '' tc_ingress matchall action drop
for group; do
	case $group in
	paths | flows | services) "$group" ;;
	reals) reals_ ;;
	*) die "no group $group" ;;
	esac
done
rounds

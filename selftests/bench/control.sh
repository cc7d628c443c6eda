# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: loading, changing and listing, of our module, IPVS and nft side by side. What is
# shown is the time that the CPU was not idle, of programs and kernel threads alike: with -icount a
# millisecond is a million instructions. Elapsed time is kept too, but says less: an idle guest's
# clock leaps to the next timer while the host is reading a file. Needs bed.sh, ours.sh.

# busy: nanoseconds that the CPU has run tasks.
busy() { awk '$1 == "cpu0" { print $8 }' /proc/schedstat; }

# timed ID CMD...: runs it in lb.
timed() {
	local id=$1 before busy

	shift
	[[ $id =~ ${ONLY:-.} ]] || return 0
	busy=$(busy)
	before=$EPOCHREALTIME
	nsenter --net=/run/netns/lb "$@" >/run/said 2>&1 || { tail -n 3 /run/said; die "$id: $*"; }
	awk -v id="$id" -v a="$before" -v b="$EPOCHREALTIME" -v busy="$(($(busy) - busy))" \
		'BEGIN { printf "control\t%s\t%.3f\t%.3f\n", id, busy / 1e6, (b - a) * 1000 }' | tee -a "$results"
}

# nft_map NAME N: a map of as many elements as the services with their reals are commands.
nft_map() {
	awk -v name="$1" -v n="$2" 'BEGIN {
		printf "table netdev %s { map m { type ipv4_addr . inet_service : ether_addr; elements = {\n", name
		for (i = 0; i < n; i++)
			printf "10.%d.%d.%d . %d : 02:00:00:01:%02x:%02x,\n", 1 + int(i / 4 / 65536),
				int(i / 4 / 256) % 256, int(i / 4) % 256, 80 + i % 4, int(i / 256) % 256, i % 256
		print "}\n}\n}" }'
}

# ipvs_many N [REALS]: dsr_many() for ipvsadm -R.
ipvs_many() {
	awk -v n="$1" -v reals="${2:-3}" 'BEGIN { for (i = 0; i < n; i++) {
		vip = int(i / 4)
		at = sprintf("10.1.%d.%d:%d", int(vip / 256), vip % 256, 80 + i % 4)
		printf "-A -u %s -s sh\n", at
		for (r = 0; r < reals; r++)
			printf "-a -u %s -r 10.0.16.%d -g -w 1\n", at, r + 1 } }'
}

# Ours is complete when "show" has said so: it finishes pending tables first.
load_and_list() {
	dsr_many 10000 0 >/run/ours0
	dsr_many 10000 >/run/ours3
	ipvs_many 10000 0 >/run/ipvs0
	ipvs_many 10000 >/run/ipvs3
	nft_map m1 10000 >/run/nft0
	nft_map m2 40000 >/run/nft3

	timed dsr-load-services "$DSRCTL" -batch /run/ours0
	timed ipvs-load-services sh -c 'ipvsadm -R </run/ipvs0'
	timed nft-load-10000 nft -f /run/nft0
	dsr_clear
	lb ipvsadm -C
	timed dsr-load-with-reals sh -c "$DSRCTL -batch /run/ours3 && $DSRCTL service show s9999"
	timed ipvs-load-with-reals sh -c 'ipvsadm -R </run/ipvs3'
	timed nft-load-40000 nft -f /run/nft3
	timed dsr-dump "$DSRCTL" show
	timed ipvs-dump ipvsadm -Ln
	timed nft-dump-40000 nft list map netdev m2 m
	dsr_clear
	lb ipvsadm -C
	lb nft flush ruleset
}

# One of 1,000: ours and mh make a table of 65,537 and of 4,093 rows anew.
change() {
	{ echo "service add web $vip:80/udp"; dsr_reals web 1000; } | dsr_batch || exit
	dsr service show web >/dev/null
	timed dsr-change sh -c "$DSRCTL real set web 10.0.16.7 weight 2 && $DSRCTL service show web"
	timed dsr-change-drain sh -c "$DSRCTL real set web 10.0.16.7 state drain && $DSRCTL service show web"
	dsr service set web table-size 4093
	dsr service show web >/dev/null
	timed dsr-change-4093 sh -c "$DSRCTL real set web 10.0.16.9 weight 2 && $DSRCTL service show web"
	dsr service del web
	lb ipvsadm -A -u "$vip:80" -s mh
	reals 1000 | awk -v vip="$vip" '{ printf "-a -u %s:80 -r 10.0.%d.%d -g -w 1\n", vip, $2, $3 }' |
		lb ipvsadm -R
	timed ipvs-change ipvsadm -e -u "$vip:80" -r 10.0.16.7 -g -w 2
	lb ipvsadm -C
	nft_map m 1000 | lb nft -f -
	timed nft-change nft 'delete element netdev m m { 10.1.0.1 . 81 }; add element netdev m m { 10.1.0.1 . 81 : 02:00:00:01:ff:ff }'
	lb nft flush ruleset
}

# nftlb_farms N: N services with three reals, as nftlb has them in its file and its API.
nftlb_farms() {
	awk -v n="$1" 'BEGIN {
		printf "{ \"farms\": ["
		for (i = 0; i < n; i++) {
			printf "%s\n{ \"name\": \"s%d\", \"family\": \"ipv4\", \"virtual-addr\": \"10.1.%d.%d\", ",
				i ? "," : "", i, int(i / 4 / 256), int(i / 4) % 256
			printf "\"virtual-ports\": \"%d\", \"mode\": \"dsr\", \"protocol\": \"udp\", ", 80 + i % 4
			printf "\"scheduler\": \"hash\", \"sched-param\": \"srcip srcport\", \"iface\": \"l0\", "
			printf "\"oface\": \"l0\", \"state\": \"up\", \"backends\": ["
			for (r = 0; r < 3; r++)
				printf "%s{ \"name\": \"b%d\", \"ip-addr\": \"10.0.16.%d\", \"weight\": \"1\", \
\"ether-addr\": \"02:00:00:01:00:%02x\", \"state\": \"up\" }", r ? "," : "", r, r + 1, r
			printf "] }"
		}
		print "\n] }" }'
}

# What nftlb takes grows with the square of the services: 10,000 would be hours. It takes no rule for
# an address that the host does not have, and says nothing if it has made none.
beside_nftlb() {
	local n=200

	[ -n "${NFTLB:-}" ] || die "no nftlb"
	dsr_many $n >/run/ours200
	ipvs_many $n >/run/ipvs200
	nftlb_farms $n >/run/nftlb200
	timed dsr-load-200 sh -c "$DSRCTL -batch /run/ours200 && $DSRCTL service show s$((n - 1))"
	dsr_clear
	timed ipvs-load-200 sh -c 'ipvsadm -R </run/ipvs200'
	lb ipvsadm -C
	neighbours
	awk -v n=$n 'BEGIN { for (i = 0; i < n / 4; i++) printf "addr add 10.1.%d.%d/32 dev l0\n", int(i / 256), i % 256 }' |
		lb ip -batch -
	timed nftlb-load-200 env "LD_LIBRARY_PATH=$NFTLB/usr/lib/x86_64-linux-gnu" \
		"$NFTLB/usr/sbin/nftlb" -l 3 -e -c /run/nftlb200
	[[ ! nftlb-load-200 =~ ${ONLY:-.} ]] || [ "$(lb nft list ruleset | grep -c 'ether daddr set')" -eq $n ] ||
		die "nftlb has not made $n rules"
	lb nft flush ruleset
	lb ip addr flush dev l0 to 10.1.0.0/16
}

control() {
	modprobe ip_vs
	modprobe -a ip_vs_sh ip_vs_mh nf_tables
	# An idle guest's clock leaps, so a first look at a program on the disk would be time.
	cp "$DSRCTL" /run/dsrctl
	DSRCTL=/run/dsrctl
	dsr show >/dev/null
	lb ipvsadm -Ln >/dev/null
	nft_map m 2 | lb nft -f -
	lb nft flush ruleset
	beside_nftlb
	load_and_list
	change
}

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
	{ echo "service add web $vip:80/udp"; dsr_reals web 1000; } | dsr_batch
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
	load_and_list
	change
}

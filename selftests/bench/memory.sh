# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: what a service, a row, a real and a connection take, ours and IPVS. The difference
# of all the kernel has taken before and after making many, so everything counts that one of them
# brings along. Per-CPU memory is that of one CPU. Needs bed.sh, ours.sh,
# control.sh. To be run first: what others have freed again would be taken up unseen.

# taken: bytes of what is neither free, on a CPU's list of free pages too, nor a file's nor a program's.
# Not all that the kernel takes has a line of its own in /proc/meminfo: pages have none.
taken() {
	# What is freed after a grace period is not ours any more; nor are other people's caches.
	sleep 0.3
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.1
	awk '/^MemTotal:/ { sum += $2 }
		/^(MemFree|Buffers|Cached|AnonPages|SReclaimable):/ { sum -= $2 }
		$1 == "count:" { sum -= $2 * 4 }
		END { printf "%.0f\n", sum * 1024 }' /proc/meminfo /proc/zoneinfo
}

# size ID N CMD...: what N of something take that CMD makes.
size() {
	local id=$1 n=$2 before after

	shift 2
	before=$(taken)
	"$@" || die "$id"
	after=$(taken)
	awk -v id="$id" -v n="$n" -v a="$before" -v b="$after" \
		'BEGIN { printf "memory\t%s\t%.1f\n", id, (b - a) / n }' | tee -a "$results"
}

dsr_load_file() { dsr -batch "$1" && dsr service show s1 >/dev/null; }
ipvs_load_file() { lb ipvsadm -R <"$1"; }

dsr_sizes() {
	local services=4000

	dsr_many $services 0 >/run/services
	dsr_many $services 1 | grep real >/run/real1
	# The first real of a service brings the table, of 251 rows, and shares its hop with others.
	dsr_many $services 5 | grep 'real.*10.0.16.[2-5]' >/run/real4
	# The arrays that a namespace finds services by come with its first one, and stay.
	printf '%s\n' "service add first $vip:80/udp table-size 251" 'service del first' | dsr_batch || exit
	size dsr-service $services dsr_load_file /run/services
	size dsr-first-real-and-251-rows $services dsr_load_file /run/real1
	size dsr-real $((services * 4)) dsr_load_file /run/real4
	dsr_clear
	{
		for i in {0..49}; do
			echo "service add t$i 10.1.0.$i:80/udp table-size 251"
			dsr_reals "t$i" 1
		done
	} | dsr_batch || exit
	size dsr-row $((50 * (65537 - 251))) grow
	dsr_clear
	echo "service add web $vip:80/udp table-size 251" | dsr_batch || exit
	dsr_reals web 1000 >/run/reals
	size dsr-real-with-own-hop 1000 dsr -batch /run/reals
	dsr service del web
}

# To the size that services have unless another is asked for.
grow() {
	for i in {0..49}; do echo "service set t$i table-size 65537"; done | dsr_batch || exit
	dsr service show t1 >/dev/null
}

ipvs_connections() {
	neighbours
	gen flows 100000
	send 300000 >/dev/null
}

ipvs_sizes() {
	local services=4000

	ipvs_many $services 0 >/run/services
	ipvs_many $services 5 | grep -e '^-a' >/run/real5
	size ipvs-service $services ipvs_load_file /run/services
	size ipvs-dest $((services * 5)) ipvs_load_file /run/real5
	lb ipvsadm -C
	lb ipvsadm -A -u "$vip:80" -s mh
	lb ipvsadm -a -u "$vip:80" -r 10.0.16.1 -g -w 1
	lb ip addr add "$vip/32" dev lo
	# 95 of 100 flows will have been seen.
	size ipvs-connection 95000 ipvs_connections
	lb ipvsadm -C
	lb ip addr del "$vip/32" dev lo
}

memory() {
	# shellcheck source=selftests/bench/control.sh
	. "$here/control.sh"
	modprobe ip_vs conn_tab_bits=20
	modprobe -a ip_vs_sh ip_vs_mh
	dsr_sizes
	ipvs_sizes
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that steering holds with what real devices and real hosts do to packets: GRO and TSO (64 KB
# packets, whole streams compared at the real), UDP GSO, checksum offload on and off, taps that clone
# (tcpdump sees the original frame), a promiscuous balancer on a switch that floods (no duplicates),
# fq on the way out with receive timestamps on (no drops), a way out that refuses (counted, and the
# stack gets nothing), chains of nft before and after the role, a VLAN tag in the header, and shared
# packets (pktgen).
#
#    client --- switch --- lb eth0 (balancer)
#                 |------- real1, real2
#
# Environment: STREAM_MB (default 16), the length of a TCP stream.
# Timeout: 400

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3 ethtool tcpdump tc nft
need_mod veth bridge 8021q nf_tables sch_fq
modprobe -q pktgen || comment "this kernel has no pktgen"
mod_load
lan_new 2
lan_lb veth
lan_vips
must ctl "$lb" -batch - <<-END
	role add dev eth0 balancer
	service add tcp4 $vip4:8080/tcp table-size 251
	service add tcp6 [$vip6]:8080/tcp table-size 251
	service add udp4 $vip4:8080/udp table-size 251
	real add tcp4 192.0.2.11
	real add tcp6 192.0.2.11
	real add udp4 192.0.2.11
	real add udp4 192.0.2.12
END
wait_for 10 active_is "$lb" udp4 2 || tap_fail "two reals of udp4"
relay python3 "$selftests/balancer_offload.py" "$switch" "$client" "$lb" "${real_ns[@]}"
tap_done

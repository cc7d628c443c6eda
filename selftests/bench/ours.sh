# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: what our module costs. Needs bed.sh; $DSRCTL, $DSR_KO.

dsr() { "$DSRCTL" -n "lb$bed" "$@"; }

dsr_load() {
	local dep

	for dep in $(modinfo -F depends "$DSR_KO" | tr , ' '); do modprobe "$dep"; done
	# Symbols for the debugger are most of the file, and the guest's disk is slow.
	strip --strip-debug -o /run/dsr.ko "$DSR_KO"
	# Nobody answers probes here, and they would be measured too.
	insmod /run/dsr.ko probe_interval=60000 || die "insmod"
}

# dsr_reals SERVICE N [v6]
dsr_reals() {
	reals "$2" | awk -v name="$1" -v v6="${3:-}" '{
		addr = v6 ? sprintf("2001:db8:1::1:%x", $1) : "10.0." $2 "." $3
		printf "real add %s %s lladdr 02:00:00:01:%02x:%02x\n", name, addr, $4, $5 }'
}

# At the end of a pipeline it ends only that: there it is "dsr_batch || exit".
dsr_batch() { dsr -batch - || die "dsrctl"; }

# dsr_many N [REALS]: N services of 251 rows, four to a VIP, with so many reals each.
dsr_many() {
	awk -v n="$1" -v reals="${2:-3}" 'BEGIN { for (i = 0; i < n; i++) {
		vip = int(i / 4)
		printf "service add s%d 10.1.%d.%d:%d/udp table-size 251\n",
			i, int(vip / 256), vip % 256, 80 + i % 4
		for (r = 0; r < reals; r++)
			printf "real add s%d 10.0.16.%d lladdr 02:00:00:01:00:%02x\n", i, r + 1, r } }'
}

dsr_clear() {
	local service

	for service in $(dsr -j service show | grep -o '"name": *"[^"]*"' | cut -d '"' -f 4); do
		echo "service del $service"
	done | dsr_batch || exit
}

dsr_role() { dsr role add dev l0 balancer || die "role"; }
dsr_no_role() { dsr role del dev l0 balancer; }

# dsr_web [REALS] [OPTION]...: the service that all paths have.
dsr_web() { { echo "service add web $vip:80/udp ${*:2}"; dsr_reals web "${1:-3}"; } | dsr_batch || exit; }
dsr_web6() { { echo "service add web6 [$vip6]:80/udp"; dsr_reals web6 3 v6; } | dsr_batch || exit; }

# dsr_base WORD...: choose what is sent and measure its drop, with the role on l0 before and after.
dsr_base() {
	gen "$@"
	dsr_no_role
	base
	dsr_role
}

# empty_hook: what the core takes to come to any hook.
empty_hook() {
	lb insmod "$EMPTY_HOOK" dev=l0 || die "$EMPTY_HOOK"
	measure pass-empty-hook none
	rmmod empty_hook || die "empty_hook stays"
}

# What a packet pays that is not for us: against the same stack without our hook.
ours_pass() {
	gen to other-address
	base
	measure stack none
	empty_hook
	dsr_role
	measure pass-no-service none
	dsr_web
	measure pass-other-address none
	gen to other-port
	measure pass-other-port none
	dsr service del web
	dsr_no_role
	gen v6 to other-address
	base
	measure stack-v6 none
	dsr_role
	dsr_web6
	measure pass-other-address-v6 none
	dsr service del web6
	dsr_no_role
}

ours_main() {
	gen
	base
	dsr_role
	dsr_web
	measure dsr-v4
	measure dsr-v4-again
	for flows in 1 100000 1000000; do
		dsr_base flows $flows
		measure dsr-v4-flows-$flows
	done
	dsr service del web
	dsr_base
	dsr_web 1000
	measure dsr-v4-reals-1000
	dsr service del web
	ours_v6
	dsr_no_role
}

# With the role on l0.
ours_v6() {
	dsr_base v6
	dsr_web6
	measure dsr-v6
	dsr service del web6
}

ours_many() {
	dsr_many 10000 >/run/many
	dsr_batch </run/many
	gen to many
	base
	dsr_role
	measure dsr-v4-services-10000
	dsr_no_role
	gen to other-address
	base
	measure stack none
	dsr_role
	measure pass-services-10000 none
	dsr_clear
	dsr_no_role
}

# What record.sh compares: as little as says whether a packet has become dearer.
ours_recorded() {
	gen to other-address
	base
	measure stack none
	dsr_role
	dsr_web 3 table-size 4093
	measure pass-other-address none
	gen
	measure dsr-v4
	ours_v6
	dsr_no_role
}

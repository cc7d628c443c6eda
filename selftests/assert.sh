# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Assertions about counters. Source it after lib.sh and topo.sh. A counter is waited for within a
# bound, and one that must not move is read when what could move it has arrived elsewhere.

# dev_stat NS DEV NAME: one of the device's statistics, rx_packets and the like.
dev_stat() { on "$1" cat "/sys/class/net/$2/statistics/$3"; }

# --- taps: nftables counters on a device, before any other hook ------------------------------------

# tap_new NS DEV NAME MATCH...: counts frames that come in on DEV and match, before dsr sees them.
# Without the device's MAC in MATCH it also counts what a flooding switch lets pass by.
tap_new() {
	local ns=$1 dev=$2 name=$3

	shift 3
	must on "$ns" nft -f - <<-END
		table netdev selftest_$name {
			counter seen { }
			chain in {
				type filter hook ingress device "$dev" priority -1000; policy accept;
				$* counter name seen
			}
		}
	END
}

# tap_read NS NAME
tap_read() {
	on "$1" nft list counter netdev "selftest_$2" seen | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

tap_reset() { must on "$1" nft reset counter netdev "selftest_$2" seen; }

tap_is() { [ "$(tap_read "$1" "$2")" -eq "$3" ]; }

# check_tap NAME NS TAP WANTED: reaches it within five seconds, and has not gone past it.
check_tap() {
	if wait_for 5 tap_is "$2" "$3" "$4"; then
		tap_ok "$1"
	else
		tap_fail "$1" "$3 in $2 counted $(tap_read "$2" "$3"), wanted $4"
		return 1
	fi
}

# --- the second truth: the reply never crosses the balancer -----------------------------------------

# watch_replies: from here on. What comes from a VIP and is sent to the balancer's MAC would be a
# reply on its way through it; what comes in on the router from a VIP is a reply that went right.
watch_replies() {
	tap_new "$balancer" "$dut" reply4 ether daddr "$mac_balancer" ip saddr "$vip4"
	tap_new "$balancer" "$dut" reply6 ether daddr "$mac_balancer" ip6 saddr "$vip6"
	tap_new "$router" eth0 reply4 ip saddr "$vip4"
	tap_new "$router" eth0 reply6 ip6 saddr "$vip6"
}

# check_replies NAME 4|6: replies have come to the router, and none of them by the balancer.
check_replies() {
	local router_saw balancer_saw

	router_saw=$(tap_read "$router" "reply$2")
	balancer_saw=$(tap_read "$balancer" "reply$2")
	if [ "$router_saw" -gt 0 ] && [ "$balancer_saw" -eq 0 ]; then
		tap_ok "$1"
	else
		tap_fail "$1" "replies at the router: $router_saw, wanted some" \
			"replies at the balancer: $balancer_saw, wanted 0"
		return 1
	fi
}

# --- device statistics ------------------------------------------------------------------------------

stat_is() { [ "$(dev_stat "$1" "$2" "$3")" -eq "$4" ]; }

# check_stat NAME NS DEV STATISTIC WANTED
check_stat() {
	if wait_for 5 stat_is "$2" "$3" "$4" "$5"; then
		tap_ok "$1"
	else
		tap_fail "$1" "$4 of $3 in $2 is $(dev_stat "$2" "$3" "$4"), wanted $5"
		return 1
	fi
}

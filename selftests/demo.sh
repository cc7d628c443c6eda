#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real HTTP traffic through a DSR balancer, in network namespaces, with the proof printed.
#
#    client --- router --- switch --- balancer   has the VIP on eth0, answers ARP and ND for it
#                             |------ real1      nginx, VIP on lo, silent; default route: router
#                             |------ real2      same
#                             `------ real3      same
#
#    request  client -> router -> balancer -> real     only the MAC addresses change at the balancer
#    reply    real -> router -> client                 never seen by the balancer
#
# `make demo` runs it in a virtual machine. It also runs as root on a host whose kernel fits:
#    DSR_KO=dsr_mod/dsr.ko DSRCTL=tools/dsrctl/dsrctl selftests/demo.sh
# Environment: REQUESTS (default 10000, half by IPv4 and half by IPv6), KEEP=yes (leave it all
# standing to try by hand). Exit status: 0 if every expectation was met.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/demo/lib.sh
. "$here/demo/lib.sh"
# shellcheck source=selftests/demo/lan.sh
. "$here/demo/lan.sh"
# shellcheck source=selftests/demo/frame.sh
. "$here/demo/frame.sh"

DSR_KO=$(readlink -f "${DSR_KO:-$here/../dsr_mod/dsr.ko}")
DSRCTL=$(readlink -f "${DSRCTL:-$here/../tools/dsrctl/dsrctl}")
REQUESTS=${REQUESTS:-10000}
loaded='' work='' counters=''

# Shown as a user types it.
dsrctl() { "$DSRCTL" "$@"; }

check_needs() {
	local tool missing=()

	[[ $REQUESTS =~ ^[1-9][0-9]{2,}$ ]] || die "REQUESTS=$REQUESTS is not a number from 100 up"
	[ "$(id -u)" -eq 0 ] || die "needs root"
	for tool in nginx curl wrk tcpdump nft ip ping; do
		command -v $tool >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} -eq 0 ] || die "not installed: ${missing[*]}"
	[ -x "$DSRCTL" ] || die "no dsrctl at $DSRCTL (run make)"
	! ip netns list | grep -E '^dsr-(client|router|switch|balancer|real[123])( |$)' >/dev/null ||
		die "there are namespaces called dsr-* here already (from KEEP=yes? remove them first)"
}

load_module() {
	local dep

	if [ -d /sys/module/dsr ]; then
		say "the module is loaded already"
		return
	fi
	[ -f "$DSR_KO" ] || die "no module at $DSR_KO (run make)"
	# What modprobe would do for an installed module.
	for dep in $(modinfo -F depends "$DSR_KO" | tr , ' '); do
		run modprobe "$dep"
	done
	run insmod "$DSR_KO"
	loaded=yes
}

cleanup() {
	local pid

	for pid in $(jobs -pr); do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	remove_lan
	[ -z "$loaded" ] || rmmod dsr
	[ -z "$work" ] || rm -rf "$work"
}

# Counted at the switch's ports, outside of the balancer: what went to it, what came from it, and
# whose MAC address brought the replies to the router.
count_frames() {
	local from=''
	local host family

	for host in balancer real1 real2 real3; do
		for family in "ip saddr $vip4" "ip6 saddr $vip6"; do
			from+="ether saddr $(mac_of $host) $family tcp sport $port counter name reply_$host;"
		done
	done
	in_ns dsr-switch nft -f - <<-END
		table netdev demo {
		    counter to_request {}
		    counter to_reply {}
		    counter from_request {}
		    counter from_reply {}
		    counter reply_balancer {}
		    counter reply_real1 {}
		    counter reply_real2 {}
		    counter reply_real3 {}
		    chain to_balancer {
		        type filter hook egress device "to-balancer" priority 0;
		        ip daddr $vip4 tcp dport $port counter name to_request
		        ip6 daddr $vip6 tcp dport $port counter name to_request
		        ip saddr $vip4 tcp sport $port counter name to_reply
		        ip6 saddr $vip6 tcp sport $port counter name to_reply
		    }
		    chain from_balancer {
		        type filter hook ingress device "to-balancer" priority 0;
		        ip daddr $vip4 tcp dport $port counter name from_request
		        ip6 daddr $vip6 tcp dport $port counter name from_request
		        ip saddr $vip4 tcp sport $port counter name from_reply
		        ip6 saddr $vip6 tcp sport $port counter name from_reply
		    }
		    chain to_router {
		        type filter hook egress device "to-router" priority 0;
		        ${from//;/$'\n'}
		    }
		}
	END
}

list_counters() { in_ns dsr-switch nft list counters | awk '$1 == "counter" { c = $2 } $1 == "packets" { print c, $2 }'; }

# read_counters: all of them at one moment when nothing is under way, for frames().
read_counters() {
	local before=''

	counters=$(list_counters)
	until [ "$counters" = "$before" ]; do
		before=$counters
		sleep 0.5
		counters=$(list_counters)
	done
}

# frames NAME: frames of one counter.
frames() { awk -v name="$1" '$1 == name { print $2 }' <<<"$counters"; }

active_is() { [ "$(dsrctl -j -n dsr-balancer service show "$1" 2>/dev/null | number active)" = "$2" ]; }

set_up_backends() {
	local i

	for i in "${reals[@]}"; do
		run dsrctl -n "dsr-real$i" role add dev eth0 backend
		run dsrctl -n "dsr-real$i" vip add $vip4
		run dsrctl -n "dsr-real$i" vip add $vip6
		ip -n "dsr-real$i" addr add $bare4/32 dev lo
	done
}

set_up_balancer() {
	local i

	run ip -n dsr-balancer addr add $vip4/32 dev eth0
	run ip -n dsr-balancer addr add $vip6/128 dev eth0 nodad
	run dsrctl -n dsr-balancer role add dev eth0 balancer
	run dsrctl -n dsr-balancer service add web4 "$vip4:$port/tcp"
	run dsrctl -n dsr-balancer service add web6 "[$vip6]:$port/tcp"
	for i in "${reals[@]}"; do
		run dsrctl -n dsr-balancer real add web4 "$(real4 "$i")" weight "${weights[i]}"
		run dsrctl -n dsr-balancer real add web6 "$(real6 "$i")" weight "${weights[i]}"
	done
	wait_for 30 "the MAC addresses of three reals (web4)" active_is web4 3 || die "no balancing without reals"
	wait_for 30 "the MAC addresses of three reals (web6)" active_is web6 3 || die "no balancing without reals"
}

# Each question is a real ARP request or neighbour solicitation of the router's kernel.
ask_who_has() {
	local i

	for i in 1 2 3 4 5; do
		ip -n dsr-router neigh flush dev lan
		for addr; do
			in_ns dsr-router ping -q -c 1 -W 5 "$addr" >/dev/null 2>&1
		done
	done
}

# answers_for ADDR: who answered in the capture, as "5 balancer".
answers_for() {
	local mac

	tcpdump -e -n -r "$work/arp.pcap" 2>/dev/null |
		grep -E "Reply $1 is-at|neighbor advertisement, tgt is $1," |
		awk '{ print $2 }' | sort | uniq -c |
		while read -r n mac; do echo "$n $(name_of "$mac")"; done
}

show_arp() {
	local addr got

	say "asking five times from the router: who has $vip4, $vip6, $bare4?"
	capture dsr-router lan "$work/arp.pcap" 'arp or (icmp6 and ip6[40] == 136)'
	ask_who_has $vip4 $vip6 $bare4
	# The control's answers were due last: when they are there, so is all that came before.
	wait_for 30 "the last answers in the capture" control_answered
	kill "$capture"
	wait "$capture"
	for addr in $vip4 $vip6; do
		got=$(answers_for "$addr" | paste -sd,)
		[[ $got =~ ^[0-9]+\ balancer$ ]] || miss "answers for $addr should come from the balancer only: ${got:-none}"
	done
}

# Without it "nobody else answered" would prove nothing.
control_answered() { [ "$(answers_for $bare4 | awk '$1 >= 5' | wc -l)" -eq ${#reals[@]} ]; }

# compare_frame ADDR URL: one SYN as the balancer got it and as it sent it on.
compare_frame() {
	local host=$1 url=$2 in_pid out_pid in out where
	local filter="dst host $host and tcp dst port $port"

	capture dsr-balancer eth0 "$work/in.pcap" -Q in -c 1 "$filter"
	in_pid=$capture
	capture dsr-balancer eth0 "$work/out.pcap" -Q out -c 1 "$filter"
	out_pid=$capture
	in_ns dsr-client curl -s -o "$work/page" --max-time 30 "$url" || miss "curl got no page from $url"
	wait_for 20 "a frame of $host at the balancer" frame_is_there "$in_pid" "$out_pid" || return
	in=$(frame_of "$work/in.pcap") out=$(frame_of "$work/out.pcap")
	if [ "$host" = $vip4 ]; then
		printf '\n       %-35s | %s\n' "in: router to balancer" \
			"out: balancer to $(name_of "$(mac_in "$out")")"
		side_by_side "$in" "$out"
		echo
	fi
	where=$(differences "$in" "$out")
	if [ -z "$where" ] || grep -qvE '^([0-9]|1[01])$' <<<"$where"; then
		miss "$host: only bytes 0 to 11, the MAC addresses, may differ; these do: ${where//$'\n'/ }"
	else
		say "$host: only MAC addresses differ (bytes ${where//$'\n'/ } of $(wc -w <<<"$in"))"
	fi
	[ "$(name_of "$(mac_in "$out")")" = "$(sed 's/^I am //' "$work/page")" ] ||
		miss "$host: the frame went to another real than the one that answered"
}

frame_is_there() { ! kill -0 "$1" 2>/dev/null && ! kill -0 "$2" 2>/dev/null; }
mac_in() { cut -d' ' -f1-6 <<<"$1" | tr ' ' :; }

show_curl() {
	local i url page

	for url in "http://$vip4/" "http://[$vip6]/"; do
		for i in 1 2 3 4; do
			page=$(in_ns dsr-client curl -sS --max-time 30 "$url") || miss "curl got no page from $url"
			say "curl $url: $page"
		done
	done
}

# load URL REQUESTS FILE: each request on a new connection.
load() {
	local url=$1 n=$2 file=$3 before told=$SECONDS start=$SECONDS pid

	say "wrk: $(commas "$n") requests to $url, each on a new connection, 16 at a time"
	before=$(requests_at_all)
	: >"$file"
	ip netns exec dsr-client wrk -t 1 -c 16 -d 600 --timeout 60 -s "$here/demo/count.lua" "$url" -- "$n" \
		>"$file" 2>&1 &
	pid=$!
	until grep -q '^enough' "$file" || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.5
		[ $((SECONDS - told)) -ge 10 ] || continue
		told=$SECONDS
		say "waiting for wrk: $(commas $(($(requests_at_all) - before))) of $(commas "$n") requests served"
	done
	kill -INT "$pid" 2>/dev/null
	wait "$pid" || { cat "$file"; miss "wrk failed"; }
	say "done in $((SECONDS - start)) s"
}

# sum WORDS: over both runs of wrk, the numbers that follow WORDS.
sum() { awk -v want="$1 " 'index($0, want) == 1 { n += $NF } END { print n + 0 }' "$work"/wrk4 "$work"/wrk6; }

steered_to() {
	local i=$1 a b

	a=$(dsrctl -j -n dsr-balancer real show web4 "$(real4 "$i")" | number packets)
	b=$(dsrctl -j -n dsr-balancer real show web6 "$(real6 "$i")" | number packets)
	echo $((a + b))
}

table_of_reals() {
	local i n all=0 total=0 expected share tolerance

	# Percentage points: six times what chance makes, which is 3 at 10,000.
	tolerance=$(awk "BEGIN { printf \"%.1f\", 300 / sqrt($REQUESTS) }")

	for i in "${reals[@]}"; do
		total=$((total + weights[i])) all=$((all + $(sum "answers real$i")))
	done
	[ "$all" -eq "$REQUESTS" ] || miss "$REQUESTS answers should have come, and $all did"
	[ "$all" -gt 0 ] || return
	printf '  %-18s %6s %9s %9s %9s %10s %10s %10s\n' 'requests by real' weight expected got \
		answers 'nginx log' 'replies*' 'steered**'
	for i in "${reals[@]}"; do
		n=$(sum "answers real$i")
		expected=$(awk "BEGIN { printf \"%.1f\", 100 * ${weights[i]} / $total }")
		share=$(awk "BEGIN { printf \"%.1f\", 100 * $n / $all }")
		printf '  %-18s %6d %7s %% %7s %% %9s %10s %10s %10s\n' "real$i" "${weights[i]}" \
			"$expected" "$share" "$(commas "$n")" "$(commas "$(requests_at "real$i")")" \
			"$(commas "$(frames "reply_real$i")")" "$(commas "$(steered_to "$i")")"
		awk "BEGIN { d = $share - $expected; exit !(d <= $tolerance && d >= -$tolerance) }" ||
			miss "real$i got $share % of the requests, $expected % were due (tolerance $tolerance points)"
		[ "$(requests_at "real$i")" -ge "$n" ] || miss "nginx on real$i logged fewer requests than it answered"
		[ "$(frames "reply_real$i")" -gt 0 ] || miss "the router should have had replies straight from real$i"
	done
	cat <<-'END'
	  * reply frames the router got straight from its MAC address   ** `dsrctl real show`
	  The log also has curl's requests, and the few that wrk had under way when it had enough.
	END
}

table_of_frames() {
	local failed kind n i received sent steered=0

	failed=$(sum 'answers nobody')
	for kind in connect read write timeout; do
		n=$(sum "errors $kind")
		[ "$n" -eq 0 ] || say "wrk: $n errors of kind \"$kind\""
		failed=$((failed + n))
	done
	received=$(frames to_request) sent=$(frames from_request)
	n=$(($(frames to_reply) + $(frames from_reply)))
	echo
	for i in "${reals[@]}"; do
		steered=$((steered + $(steered_to "$i")))
	done
	printf '  %-58s %s\n' 'failed requests' "$failed" \
		'request frames the balancer received' "$(commas "$received")" \
		'request frames the balancer sent on' "$(commas "$sent")" \
		'frames steered, by its own count' "$(commas "$steered")" \
		'reply frames (source = VIP) that crossed the balancer' "$n" \
		'replies the router got from the balancer' "$(frames reply_balancer)"
	[ "$failed" -eq 0 ] || miss "$failed requests failed"
	[ "$received" -gt 0 ] || miss "the balancer received no request"
	[ "$received" -eq "$sent" ] || miss "the balancer received $received request frames and sent $sent"
	[ "$sent" -eq "$steered" ] || miss "the balancer sent $sent request frames and counted $steered"
	[ "$n" -eq 0 ] || miss "$n reply frames crossed the balancer"
	[ "$(frames reply_balancer)" -eq 0 ] || miss "replies came from the balancer"
}

table_of_arp() {
	local addr what

	echo
	for addr in $vip4 $vip6 $bare4; do
		what="answers for $addr"
		[ "$addr" != $bare4 ] || what="answers for $addr, on lo of the reals without dsrctl"
		printf '  %-58s %s\n' "$what" "$(answers_for "$addr" | paste -sd,)"
	done
}

hint() {
	cat <<-END

	Try it yourself: the same commands on real hosts, without "-n NAMESPACE" (README, "Use").
	    dsrctl monitor                                 what changes, as it happens
	    dsrctl stats                                   every packet under one reason
	    dsrctl real set web4 192.0.2.11 state drain    take a real out of the table
	END
	[ "${KEEP:-}" = yes ] || {
		echo "KEEP=yes selftests/demo.sh on a host of your own leaves all this standing."
		return
	}
	trap - EXIT
	cat <<-END
	Left standing: $(printf 'dsr-%s ' "${hosts[@]}")
	    ip netns exec dsr-client curl http://$vip4/
	    $DSRCTL -n dsr-balancer show
	Remove it:     kill $(jobs -pr | paste -sd" "); for n in ${hosts[*]}; do ip netns del dsr-\$n; done; rm -r $work${loaded:+; rmmod dsr}
	END
}

main() {
	check_needs
	echo "Direct Server Return: $(commas "$REQUESTS") HTTP requests through one VIP to three nginx servers"
	draw
	trap cleanup EXIT
	trap 'exit 130' INT TERM
	work=$(mktemp -d)
	chmod 755 "$work"

	title "The module (kernel $(uname -r))"
	load_module
	title "The network"
	say "building seven namespaces"
	build_lan
	for i in "${reals[@]}"; do
		say "starting nginx on real$i"
		start_nginx "real$i"
	done
	count_frames || die "cannot count frames with nft"
	title "The backends: be silent about the VIP, then hold it on lo"
	set_up_backends
	title "The balancer: hold the VIP, steer it"
	set_up_balancer
	run dsrctl -n dsr-balancer show
	title "Who answers ARP and ND for the VIP?"
	show_arp
	title "curl"
	show_curl
	title "One frame, in and out of the balancer"
	compare_frame $vip4 "http://$vip4/"
	compare_frame $vip6 "http://[$vip6]/"
	title "wrk"
	load "http://$vip4/" $((REQUESTS / 2)) "$work/wrk4"
	load "http://[$vip6]/" $((REQUESTS - REQUESTS / 2)) "$work/wrk6"
	title "Every packet of the balancer has a reason"
	run dsrctl -n dsr-balancer stats
	title "Result"
	read_counters
	table_of_reals
	table_of_frames
	table_of_arp
	hint
	echo
	[ "$missed" -eq 0 ] || { say "FAILED: $missed expectations missed, see MISSED above"; exit 1; }
	say "OK: every expectation was met"
}

main

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: real clients. HTTP by wrk and nginx, a stream by iperf3; without a balancer, through
# ours and through IPVS-DR, one after the other on the same hosts.
#
#    client --- switch (a bridge) --- balancer     VIP on eth0
#                      |------------- real1        nginx and iperf3; VIP on lo, silent
#                      |------------- real2        nginx
#                      `------------- real3        nginx
#
# All hosts share one CPU whose clock counts instructions: what is measured is the work of everybody,
# client and server included, for a request or a byte. Needs bed.sh, ours.sh.
#   CLIENTS_TIME=3   seconds of the guest's clock, for each measurement

each=${CLIENTS_TIME:-3}
connections=32
client_hosts=(client balancer real1 real2 real3)

at() { ip netns exec "$@"; }

# Addresses 10.2.0.N and MAC addresses 02:00:00:00:02:0N, N the place in the list, from 1.
clients_host() {
	local name=$1 n=$2

	ip netns add "$name"
	ip link add "to-$name" netns switch type veth peer name eth0 netns "$name" address "02:00:00:00:02:0$n"
	ip -n switch link set "to-$name" master br0 up addrgenmode none
	at "$name" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
	ip -n "$name" -batch - <<-END || die "$name"
		link set lo up
		link set eth0 up
		addr add 10.2.0.$n/16 dev eth0
	END
	# Merging on receipt, as a network card's driver does it.
	at "$name" ethtool -K eth0 gro on || die "$name: no GRO"
}

clients_up() {
	local n=0 host

	modprobe -a veth bridge || die "modules"
	ip netns add switch
	ip -n switch link add br0 type bridge mcast_snooping 0 || die "bridge"
	ip -n switch link set br0 up addrgenmode none
	for host in "${client_hosts[@]}"; do
		clients_host "$host" $((++n))
	done
	# Frames are as long as on a wire, and for the balancer to merge.
	at client ethtool -K eth0 tso off gso off || die "offload"
	# Ports of finished connections at once, again.
	at client sysctl -qw net.ipv4.tcp_tw_reuse=1 net.ipv4.ip_local_port_range='1024 65000'
	mkdir -p /run/web
	head -c 1000 /dev/zero | tr '\0' x >/run/web/index.html
	for host in real1 real2 real3; do clients_serve "$host"; done
	at real1 iperf3 -s -D -I /run/iperf3.pid || die "iperf3"
	wait_until at client curl -sf -o /dev/null http://10.2.0.3/
}

wait_until() {
	local n

	for n in {1..600}; do
		"$@" >/dev/null 2>&1 && return
		sleep 0.05
	done
	die "in vain: $*"
}

clients_serve() {
	cat >"/run/nginx-$1.conf" <<-END
		pid /run/nginx-$1.pid;
		error_log stderr crit;
		worker_processes 1;
		events { worker_connections 512; }
		http {
			access_log off;
			keepalive_requests 1000000;
			open_file_cache max=10;
			server { listen 80 backlog=512; root /run/web; }
		}
	END
	at "$1" nginx -c "/run/nginx-$1.conf" || die "nginx"
}

clients_down() {
	local host

	kill "$(tr -d '\0' </run/iperf3.pid)"
	for host in real1 real2 real3; do kill "$(<"/run/nginx-$host.pid")"; done
	for host in "${client_hosts[@]}" switch; do ip netns del "$host"; done
}

# frames HOST tx|rx
frames() { at "$1" cat "/sys/class/net/eth0/statistics/${2}_packets"; }

# wrk_once ID [close]: requests a second and the latency that 50, 90 and 99 % of them have not
# exceeded, in microseconds.
wrk_once() {
	local id=$1 said rate p50 p90 p99 errors

	said=$(at client wrk -t 1 -c $connections -d "$each" -s "$here/clients.lua" "http://$vip/" -- "${@:2}" |
		sed -n 's/^result //p')
	read -r rate p50 p90 p99 errors <<<"$said"
	[ "${errors:-1}" -eq 0 ] || die "$id: ${errors:-all} requests went wrong"
	printf 'clients\t%s\t%s\t%s\t%s\t%s\n' "$id" "$rate" "$p50" "$p90" "$p99" | tee -a "$results"
}

# wrk_checked ID [close]: and all reals must have answered, and all that the client sent, and nothing
# else, must have come to the balancer if there is one: no reply crosses it.
wrk_checked() {
	local id=$1 host sent in
	local -A before

	for host in real1 real2 real3; do before[$host]=$(frames "$host" tx); done
	sent=$(frames client tx) in=$(frames balancer rx)
	wrk_once "$@"
	sent=$(($(frames client tx) - sent)) in=$(($(frames balancer rx) - in))
	for host in real1 real2 real3; do
		[ $(($(frames "$host" tx) - before[$host])) -ge 500 ] || die "$id: $host has not answered"
	done
	[[ $id != direct-* ]] || sent=0
	[ $((in > sent ? in - sent : sent - in)) -le 100 ] ||
		die "$id: $in frames came to the balancer, $sent should"
}

# stream ID ADDR: bits a second that iperf3's server got.
stream() {
	local bits

	bits=$(at client iperf3 -J -c "$2" -p 5201 -t "$each" |
		/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"])')
	[ -n "$bits" ] || die "$1: iperf3"
	printf 'clients\t%s\t%s\n' "$1" "$bits" | tee -a "$results"
}

# clients_run NAME STREAM_ADDR: all of it by one way.
clients_run() {
	at client ip neigh flush dev eth0
	wait_until at client curl -sf -o /dev/null "http://$vip/"
	wrk_checked "$1-requests"
	wrk_checked "$1-connections" close
	stream "$1-stream" "$2"
}

# Silent VIPs on lo, as one has them for IPVS.
silent_vips() {
	local host

	for host in real1 real2 real3; do
		at "$host" sysctl -qw net.ipv4.conf.all.arp_ignore="$1" net.ipv4.conf.all.arp_announce="$2"
		ip -n "$host" addr "$3" "$vip/32" dev lo
	done
}

# The client's own route spreads connections: what is left when the balancer costs nothing.
clients_direct() {
	silent_vips 1 2 add
	at client sysctl -qw net.ipv4.fib_multipath_hash_policy=1
	ip -n client route add "$vip/32" nexthop via 10.2.0.3 nexthop via 10.2.0.4 nexthop via 10.2.0.5 ||
		die "route"
	clients_run direct 10.2.0.3
	ip -n client route del "$vip/32"
	silent_vips 0 0 del
}

# To 10.2.0.3, 4 and 5; the stream, of two connections that belong together, to the first.
clients_dsr() {
	local host

	for host in real1 real2 real3; do
		"$DSRCTL" -n "$host" vip add "$vip" || die "vip"
	done
	"$DSRCTL" -n balancer -batch - <<-END || die "dsrctl"
		role add dev eth0 balancer
		service add web $vip:80/tcp
		service add stream $vip:5201/tcp
		real add stream 10.2.0.3
		$(printf 'real add web 10.2.0.%d\n' 3 4 5)
	END
	ip -n balancer addr add "$vip/32" dev eth0
	wait_until dsr_ready
	clients_run dsr "$vip"
	printf 'service del web\nservice del stream\nrole del dev eth0 balancer\n' |
		"$DSRCTL" -n balancer -batch - || die "dsrctl"
	for host in real1 real2 real3; do "$DSRCTL" -n "$host" vip del "$vip"; done
	ip -n balancer addr del "$vip/32" dev eth0
}

dsr_ready() {
	[ "$("$DSRCTL" -n balancer -j service show | grep -o '"active": *[13]' | wc -l)" -eq 2 ] &&
		"$DSRCTL" -n balancer -j service show web | grep '"active": *3' >/dev/null
}

# As its documents and those who run it advise: hashing by port too, no conntrack.
clients_ipvs() {
	modprobe ip_vs conn_tab_bits=20
	modprobe ip_vs_mh || die "ip_vs_mh"
	silent_vips 1 2 add
	ip -n balancer addr add "$vip/32" dev eth0
	at balancer sysctl -qw net.ipv4.vs.conntrack=0
	at balancer sysctl -qw net.ipv4.vs.run_estimation=0 2>/dev/null
	at balancer ipvsadm -R <<-END || die "ipvsadm"
		-A -t $vip:80 -s mh -b mh-port
		-a -t $vip:80 -r 10.2.0.3 -g -w 1
		-a -t $vip:80 -r 10.2.0.4 -g -w 1
		-a -t $vip:80 -r 10.2.0.5 -g -w 1
		-A -t $vip:5201 -s rr
		-a -t $vip:5201 -r 10.2.0.3 -g -w 1
	END
	clients_run ipvs "$vip"
	at balancer ipvsadm -C
	silent_vips 0 0 del
	ip -n balancer addr del "$vip/32" dev eth0
}

clients() {
	local vip=10.2.0.99

	clients_up
	clients_direct
	clients_dsr
	clients_ipvs
	clients_down
}

# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0
#
# The demo's network: who is where, and nginx on the reals. Everything is in namespaces dsr-*;
# nothing of the host's own network is touched. demo.sh says what $work is, and uses what is unused
# here.

# Documentation addresses (RFC 5737, RFC 3849).
vip4=192.0.2.99 vip6=2001:db8:1::99
# Held like the VIP, but put on lo by hand: shows that the capture would see a real that answers.
bare4=192.0.2.98
reals=(1 2 3)
weights=([1]=2 [2]=1 [3]=1)
port=80

real4() { echo "192.0.2.1$1"; }
real6() { echo "2001:db8:1::1$1"; }

# Fixed, so that a frame can be read by eye: the last byte but one says what kind of host it is.
mac_of() {
	case $1 in
	router) echo 02:00:00:00:01:01 ;;
	balancer) echo 02:00:00:00:02:01 ;;
	real*) echo "02:00:00:00:03:0${1#real}" ;;
	esac
}

# name_of MAC
name_of() {
	local host

	for host in router balancer real1 real2 real3; do
		[ "$(mac_of $host)" != "$1" ] || { echo $host; return; }
	done
	echo "$1"
}

draw() {
	cat <<-'END'

	   client                  router                      switch (a bridge)
	   198.51.100.2 ---------- 198.51.100.1                   |
	   2001:db8:2::2           2001:db8:2::1                  |
	                           192.0.2.1 -------------------- +
	                           2001:db8:1::1                  |
	                                                          +--- balancer  192.0.2.10  2001:db8:1::10
	        VIP 192.0.2.99                                    |              and the VIP on eth0
	        and 2001:db8:1::99,                               |
	        port 80                                           +--- real1     192.0.2.11  2001:db8:1::11
	                                                          +--- real2     192.0.2.12  2001:db8:1::12
	   request:  client -> router -> balancer -> real         +--- real3     192.0.2.13  2001:db8:1::13
	   reply:    real -> router -> client                                    and the VIP on lo, silent

	END
}

# add_host NAME ADDR4 ADDR6: a namespace on the LAN, its eth0 in a port of the switch.
add_host() {
	ip -n dsr-switch -batch - <<-END
		link add to-$1 type veth peer name eth0 address $(mac_of "$1") netns dsr-$1
		link set to-$1 master br0 up
	END
	ip -n "dsr-$1" -batch - <<-END
		link set lo up
		link set eth0 up
		addr add $2/24 dev eth0
		addr add $3/64 dev eth0 nodad
		route add default via 192.0.2.1
		route add default via 2001:db8:1::1
	END
}

add_router() {
	ip -n dsr-router -batch - <<-END
		link add client type veth peer name eth0 netns dsr-client
		link add lan address $(mac_of router) type veth peer name to-router netns dsr-switch
		link set lo up
		link set client up
		link set lan up
		addr add 198.51.100.1/24 dev client
		addr add 2001:db8:2::1/64 dev client nodad
		addr add 192.0.2.1/24 dev lan
		addr add 2001:db8:1::1/64 dev lan nodad
	END
	ip -n dsr-switch link set to-router master br0 up
	ip -n dsr-client -batch - <<-END
		link set lo up
		link set eth0 up
		addr add 198.51.100.2/24 dev eth0
		addr add 2001:db8:2::2/64 dev eth0 nodad
		route add default via 198.51.100.1
		route add default via 2001:db8:2::1
	END
	in_ns dsr-router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

hosts=(client router switch balancer real1 real2 real3)

build_lan() {
	local host i

	printf 'netns add dsr-%s\n' "${hosts[@]}" | ip -batch -
	ip -n dsr-switch link add br0 type bridge
	ip -n dsr-switch link set br0 up
	add_router
	add_host balancer 192.0.2.10 2001:db8:1::10
	for i in "${reals[@]}"; do
		add_host "real$i" "$(real4 "$i")" "$(real6 "$i")"
	done
}

remove_lan() {
	local host

	for host in "${hosts[@]}"; do
		ip netns del "dsr-$host" 2>/dev/null || true
	done
}

# start_nginx NAME: serves one page, which names the real; logs a line for each request.
start_nginx() {
	local dir=$work/$1

	mkdir -p "$dir/www"
	echo "I am $1" >"$dir/www/index.html"
	cat >"$dir/nginx.conf" <<-END
		worker_processes 1;
		user root;
		pid $dir/pid;
		error_log $dir/error.log;
		events { worker_connections 512; }
		http {
		    log_format short '\$remote_addr \$status';
		    access_log $dir/access.log short;
		    client_body_temp_path $dir/tmp1;
		    proxy_temp_path $dir/tmp2;
		    fastcgi_temp_path $dir/tmp3;
		    uwsgi_temp_path $dir/tmp4;
		    scgi_temp_path $dir/tmp5;
		    server {
		        listen $port backlog=1024;
		        listen [::]:$port backlog=1024 ipv6only=on;
		        root $dir/www;
		    }
		}
	END
	ip netns exec "dsr-$1" nginx -e "$dir/error.log" -c "$dir/nginx.conf" -g 'daemon off;' &
	wait_for 60 "nginx on $1" in_ns "dsr-$1" curl -s -o "$dir/first" --max-time 10 "http://127.0.0.1:$port/" ||
		die "$(cat "$dir/error.log")"
}

# requests_at NAME: pages its nginx has served to the demo's client.
requests_at() { grep -cE '^(198\.51\.100\.2|2001:db8:2::2) 200$' "$work/$1/access.log" || true; }

requests_at_all() {
	local i n=0

	for i in "${reals[@]}"; do
		n=$((n + $(requests_at "real$i")))
	done
	echo $n
}

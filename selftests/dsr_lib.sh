# shellcheck shell=bash
# shellcheck disable=SC2154 # ns_new sets variables by their names
# SPDX-License-Identifier: GPL-2.0
#
# What several tests of dsr share beyond lib.sh. Source it after lib.sh.

# The Python halves of tests leave nothing behind in the tree.
export PYTHONDONTWRITEBYTECODE=1

# ynl_find: sets ynl_dir to the kernel's tools/net/ynl; fails where it is not.
ynl_find() {
	local dir

	for dir in "${YNL_DIR:-}" "${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}/source/tools/net/ynl"; do
		if [ -n "$dir" ] && [ -f "$dir/lib/ynl.py" ]; then
			# shellcheck disable=SC2034 # for the tests
			ynl_dir=$(readlink -f "$dir")
			return
		fi
	done
	return 1
}

# quiet NS...: devices made there from now on have no link-local address and so nothing to say.
quiet() {
	local ns

	for ns; do on "$ns" sysctl -qw net.ipv6.conf.default.addr_gen_mode=1; done
}

# no_autoload: who asks for the family while the module is away asks in vain, and at once. Else the
# kernel would start a modprobe each time, which takes longer than anything else here.
no_autoload() {
	local file=/proc/sys/kernel/modprobe was

	was=$(<"$file")
	at_exit eval "echo $was >$file"
	echo >"$file"
}

# can_list_hooks: whether `nft list hooks` works here. Debian builds its 6.1 without; elsewhere it must.
can_list_hooks() {
	modprobe -q nfnetlink_hook && return
	[[ $(uname -r) == 6.1.*-amd64 ]] || tap_fail "hooks can be listed" "no nfnetlink_hook in $(uname -r)"
	return 1
}

# relay CMD...: turns the "ok NAME", "not ok NAME" and "# ..." lines that CMD prints into results.
# CMD must succeed as well, so that one that dies cannot look green.
relay() {
	local line status

	while IFS= read -r line; do
		case $line in
		'ok '*) tap_ok "${line#ok }" ;;
		'not ok '*) tap_fail "${line#not ok }" ;;
		'status '*) status=${line#status } ;;
		'#'*) echo "$line" ;;
		*) comment "$line" ;;
		esac
	done < <("$@" 2>&1; echo "status $?")
	[ "$status" -eq 0 ] || tap_fail "runs to its end: ${*##*/}" "status $status"
}

# --- one LAN of namespaces ----------------------------------------------------------------------
#
#    client --- switch --- lb      DUT: the device that gets the role, of one of four kinds
#                 |------- real1
#                 |------- real2
#                 `------- real3
#
#    kind     lb                                     port(s) of the switch
#    veth     eth0                                   untagged
#    vlan     eth0 - eth0.7                          tagged 7 (all other ports: untagged 7)
#    bond     eth0, eth1 - bond0 (active-backup)     untagged, two ports
#    bridge   eth0 - br0                             untagged
#
# Addresses: 192.0.2.N and 2001:db8::N with N = 1 client, 10 lb, 11.. reals; MAC 02:00:00:00:00:N
# (N in decimal). The VIPs are on lb's DUT and, with lan_vips, silently on lo of the reals.

vip4=192.0.2.100 vip6=2001:db8::100

# lan_new REALS: the namespaces and the cables, no balancer device yet but eth0.
lan_new() {
	local i n=$1 hosts=(client lb)

	lan_reals=() real_ns=()
	for ((i = 1; i <= n; i++)); do
		hosts+=("real$i")
		lan_reals+=("real$i")
	done
	ns_new switch "${hosts[@]}"
	for i in "${lan_reals[@]}"; do real_ns+=("${!i}"); done
	{
		# No multicast of its own, and nothing but what the hosts send.
		echo "link add br0 type bridge mcast_snooping 0 vlan_filtering 1 vlan_default_pvid 7"
		echo "link set br0 up addrgenmode none"
		lan_cable client 1
		lan_cable lb 10
		for ((i = 1; i <= n; i++)); do lan_cable "real$i" $((10 + i)); done
	} | must ip -n "$switch" -batch -
	lan_host "$client" 1
	for ((i = 1; i <= n; i++)); do
		lan_host "${real_ns[i - 1]}" $((10 + i))
	done
}

# lan_cable HOST N: the lines for ip that connect a host's eth0 to the switch.
lan_cable() {
	printf 'link add %s type veth peer name eth0 netns %s address 02:00:00:00:00:%02d\n' \
		"$1" "${!1}" "$2"
	echo "link set $1 master br0 up addrgenmode none"
}

# lan_host NS N [LINE]...: addresses on eth0.
lan_host() {
	must ip -n "$1" -batch - < <(
		echo "link set eth0 up"
		echo "addr add 192.0.2.$2/24 dev eth0"
		echo "addr add 2001:db8::$2/64 dev eth0 nodad"
		[ $# -le 2 ] || printf '%s\n' "${@:3}"
	)
}

# lan_lb KIND: lb's device under test; sets dut.
lan_lb() {
	local lines=("link set eth0 up")

	dut=eth0
	case $1 in
	veth) ;;
	vlan)
		dut=eth0.7
		lines+=("link set eth0 addrgenmode none" "link add link eth0 name eth0.7 type vlan id 7")
		must bridge -n "$switch" vlan add dev lb vid 7
		;;
	bond)
		dut=bond0
		must ip -n "$switch" -batch - <<-END
			link add lb1 type veth peer name eth1 netns $lb
			link set lb1 master br0 up addrgenmode none
		END
		lines=("link add bond0 type bond mode active-backup miimon 100" "link set eth0 master bond0"
			"link set eth1 master bond0" "link set eth0 up" "link set eth1 up"
			"link set bond0 address 02:00:00:00:00:10")
		;;
	bridge)
		dut=br0
		lines+=("link set eth0 addrgenmode none"
			"link add br0 address 02:00:00:00:00:10 type bridge mcast_snooping 0"
			"link set eth0 master br0")
		;;
	esac
	must ip -n "$lb" -batch - < <(
		printf '%s\n' "${lines[@]}" "link set $dut up" "addr add 192.0.2.10/24 dev $dut" \
			"addr add 2001:db8::10/64 dev $dut nodad" "addr add $vip4/32 dev $dut" \
			"addr add $vip6/128 dev $dut nodad"
	)
}

# lan_vips: the reals hold the VIPs and are silent about them.
lan_vips() {
	local ns

	for ns in "${real_ns[@]}"; do
		printf 'vip add %s\n' "$vip4" "$vip6" | must ctl "$ns" -batch -
	done
}

# lan_del: all of it, to make room for the next.
lan_del() { ns_del "$switch" "$client" "$lb" "${real_ns[@]}"; }

# ctl NS COMMAND...: dsrctl in a namespace; several commands, one a line, come by stdin with -batch -.
ctl() { "$DSRCTL" -n "$@"; }

# active_is NS SERVICE N: so many reals of it have rows.
active_is() {
	[ "$(ctl "$1" -j service show "$2" | grep -o '"active": *[0-9]*' | grep -o '[0-9]*$')" = "$3" ]
}

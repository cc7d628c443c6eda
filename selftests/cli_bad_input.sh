#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every form of every dsrctl command with input that is wrong. Each time: the exact exit code (2:
# no command, 1: refused), one line on standard error that names what is wrong, nothing on standard
# output, and neither the configuration nor an address has changed.
#
#    box   d0 ==== d1     a veth pair; the roles, services, reals and VIPs below
# Timeout: 400

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
need_root

# --- how a case is judged -----------------------------------------------------------------------

state() {
	"$DSRCTL" -n "$box" save
	ip -n "$box" -o addr show
}

# The state is looked at after every few cases, since that takes longer than the case.
unlooked=0
look() {
	[ "$unlooked" -gt 0 ] || return
	check "nothing has changed by the last $unlooked" diff <(echo "$before") <(state)
	unlooked=0
}

# judge NAME WANTED TEXT CMD...: as the head of this file says.
judge() {
	local name=$1 want=$2 text=$3 status=0 problems=() err

	shift 3
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	mapfile err <"$tmp/err"
	[ "$status" -eq "$want" ] || problems+=("status $status, wanted $want")
	[[ ${#err[@]} -eq 1 && ${err[0]} == *$'\n' ]] || problems+=("not one line on stderr")
	[[ ${err[0]-} == "dsrctl: "*"$text"* ]] || problems+=("stderr lacks: $text")
	[ ! -s "$tmp/out" ] || problems+=("there is something on stdout")
	# Some arguments are there to make a mess.
	name=${name//[^[:print:]]/?} name=${name//\#/?}
	if [ ${#problems[@]} -eq 0 ]; then
		tap_ok "${name:0:100}"
	else
		tap_fail "${name:0:100}" "${problems[@]}" "stderr: ${err[*]:0:1}"
	fi
	[ $((++unlooked)) -lt 20 ] || look
}

# bad STATUS TEXT WORD...: the words of a command.
bad() { judge "${*:3}" "$1" "$2" "$DSRCTL" -n "$box" "${@:3}"; }

# option STATUS TEXT WORD...: what comes before the object, or instead of one.
option() { judge "option ${*:3}" "$1" "$2" "$DSRCTL" "${@:3}"; }

# batch STATUS TEXT LINES: the lines of a batch.
batch() { judge "batch ${3//'\n'/ }" "$1" "$2" lines "$3"; }
lines() { printf '%b' "$1" | "$DSRCTL" -n "$box" -batch -; }

# --- without the module -------------------------------------------------------------------------

ns_new box
if ! mod_loaded; then
	check_refused "without the module dsrctl says so" 1 \
		"dsrctl: show: the kernel has no dsr family: is dsr.ko loaded? (modprobe dsr)" \
		"$DSRCTL" -n "$box" show
	check_refused "but words are judged before that" 2 '"frob" is not a command' \
		"$DSRCTL" -n "$box" service frob
fi

# --- the state that must not change -------------------------------------------------------------

# shellcheck disable=SC2119 # no parameters
mod_load
must ip -n "$box" link add d0 address 02:00:00:00:00:10 type veth peer name d1
must ip -n "$box" link set d0 up
must ip -n "$box" link set d1 up
must ip -n "$box" addr add 192.0.2.10/24 dev d0
must "$DSRCTL" -n "$box" -batch - <<-END
	role add dev d0 balancer
	role add dev d0 backend arp-ignore 3
	service add web 198.51.100.1:80/tcp table-size 251
	service add dns [2001:db8::53]:53/udp seed 7 table-size 251
	real add web 192.0.2.11 lladdr 02:00:00:00:00:11
	real add web 192.0.2.12 weight 3 state drain
	vip add 203.0.113.1
	vip add 203.0.113.2 noaddr
	vip add 2001:db8::99 dev d1
END
# A veth's link-local address comes when it likes.
wait_for 10 bash -c "! ip -n $box -o addr | grep -q tentative" || tap_fail "the addresses settle"
before=$(state)

# --- options ------------------------------------------------------------------------------------

option 2 'no object given'
option 2 '"-x" is not an option' -x
option 2 '"-jp" is not an option' -jp show
option 2 '"--json" is not an option' --json show
option 2 '"-" is not an option' -
option 2 '"-n" needs a value' -n
option 2 '"-batch" needs a value' -batch
option 2 '"-n" is given twice' -n "$box" -n "$box" show
option 2 '"" is not a network namespace' -n '' show
option 2 '".." is not a network namespace' -n .. show
option 2 '-force is for -batch only' -n "$box" -force show
option 2 '"show" is one word too many after -batch' -n "$box" -batch /dev/null show
option 1 'cannot open network namespace "nosuch"' -n nosuch show
option 1 'cannot enter network namespace "/dev/null"' -n /dev/null show
option 1 'cannot open /nonexistent' -n "$box" -batch /nonexistent
option 1 'cannot be read: Is a directory' -n "$box" -batch /
option 2 '"" is not an object' ''
option 2 '"frob" is not an object (role, service, real, vip,' frob
option 2 '"Service" is not an object' Service show
option 2 '"serv" is not an object' serv show

# --- what holds for every command ---------------------------------------------------------------

# Each would succeed, but for what is done to it.
forms=(
	"role add dev d1 balancer"
	"role add dev d1 backend arp-ignore 2 arp-announce 1"
	"role set dev d0 backend arp-ignore 2 arp-announce 1"
	"role del dev d0 backend"
	"role show dev d0 backend"
	"service add new 198.51.100.2:80/tcp sched maglev table-size 251 seed 1"
	"service set web sched maglev table-size 509 seed 1"
	"service del web"
	"service show web"
	"real add web 192.0.2.13 dev d0 lladdr 02:00:00:00:00:13 weight 2 state down"
	"real set web 192.0.2.11 lladdr 02:00:00:00:00:14 weight 2 state down"
	"real del web 192.0.2.11"
	"real show web 192.0.2.11"
	"vip add 203.0.113.3 dev d1"
	"vip add 203.0.113.3 noaddr"
	"vip del 203.0.113.1 noaddr"
	"vip show 203.0.113.1"
	"show"
	"stats"
	"monitor"
	"save"
	"help"
)
pairs=' dev arp-ignore arp-announce sched table-size seed lladdr weight state '
long=$(printf 'x%.0s' {1..5000})

for form in "${forms[@]}"; do
	read -ra words <<<"$form"
	bad 2 '"junk" is ' "${words[@]}" junk
	bad 2 '"" ' "${words[@]}" ''
	bad 2 '"-j" is ' "${words[@]}" -j
	bad 2 'x..." is ' "${words[@]}" "$long"
	bad 2 '"two?lines" is ' "${words[@]}" $'two\nlines'
	for ((i = 0; i < ${#words[@]}; i++)); do
		bad 2 '"" ' "${words[@]:0:i}" '' "${words[@]:i + 1}"
		[[ $pairs == *" ${words[i]} "* ]] || continue
		bad 2 "\"${words[i]}\" is given twice" "${words[@]}" "${words[@]:i:2}"
		bad 2 "\"${words[i]}\" needs a value" "${words[@]:0:i}" "${words[@]:i + 2}" "${words[i]}"
		bad 2 "\"${words[i]:0:2}\" is not expected here" \
			"${words[@]:0:i}" "${words[i]:0:2}" "${words[@]:i + 1}"
		bad 2 "\"${words[i]^^}\" is not expected here" \
			"${words[@]:0:i}" "${words[i]^^}" "${words[@]:i + 1}"
	done
done

for object in role service real vip; do
	bad 2 "$object: \"frob\" is not a command (show, add," "$object" frob
	bad 2 "$object: \"sho\" is not a command" "$object" sho
	bad 2 "$object: \"help\" is not a command" "$object" help me
done
bad 2 'vip: "set" is not a command' vip set 203.0.113.1 dev d1
bad 2 'save: prints commands, not JSON' -j save

# --- what is missing ----------------------------------------------------------------------------

bad 2 'role add: dev DEV is missing' role add
bad 2 'role add: dev DEV is missing' role add balancer
bad 2 'role add: the role is missing' role add dev d1
bad 2 'role set: dev DEV is missing' role set backend arp-ignore 1
bad 2 'role set: the role is missing' role set dev d0 arp-ignore 1
bad 2 'role set: nothing to set' role set dev d0 backend
bad 2 'role del: dev DEV is missing' role del
bad 2 'role del: the role is missing' role del dev d0
bad 2 'service add: NAME is missing' service add
bad 2 'service add: ADDR:PORT/PROTO is missing' service add new
bad 2 'service set: NAME is missing' service set
bad 2 'service set: nothing to set' service set web
bad 2 'service del: NAME is missing' service del
bad 2 'real add: SERVICE is missing' real add
bad 2 'real add: ADDR is missing' real add web
bad 2 'real set: SERVICE is missing' real set
bad 2 'real set: ADDR is missing' real set web
bad 2 'real set: nothing to set' real set web 192.0.2.11
bad 2 'real del: SERVICE is missing' real del
bad 2 'real del: ADDR is missing' real del web
bad 2 'vip add: ADDR is missing' vip add
bad 2 'vip del: ADDR is missing' vip del

# --- what no value is -----------------------------------------------------------------------------

for dev in . .. a/b a:b 'a b' 1234567890123456; do
	bad 2 "\"$dev\" is not a device name" role add dev "$dev" balancer
	bad 2 "\"$dev\" is not a device name" real add web 192.0.2.13 dev "$dev"
	bad 2 "\"$dev\" is not a device name" vip add 203.0.113.3 dev "$dev"
done
for number in -1 9 08 256 1x 0x1 ' 1'; do
	bad 2 "\"$number\" is not a value of arp-ignore (0-8)" role add dev d1 backend arp-ignore "$number"
	bad 2 "\"$number\" is not a value of arp-ignore (0-8)" role set dev d0 backend arp-ignore "$number"
done
bad 2 '"3" is not a value of arp-announce (0-2)' role add dev d1 backend arp-announce 3
bad 2 '"3" is not a value of arp-announce (0-2)' role set dev d0 backend arp-announce 3
bad 2 '"backend" is a second role' role add dev d1 balancer backend
bad 2 '"guard" is not expected here' role add dev d1 guard
bad 2 '"arp-ignore" is not expected here' role del dev d0 backend arp-ignore 3
bad 2 '"arp-ignore" is not expected here' role show arp-ignore 3
for name in -web 'we b' we/b wéb 12345678901234567890123456789012; do
	bad 2 "\"$name\" is not a name" service add "$name" 198.51.100.2:80/tcp
	bad 2 "\"$name\" is not a name" service set "$name" seed 1
	bad 2 "\"$name\" is not a name" service del "$name"
	bad 2 "\"$name\" is not a name" service show "$name"
	bad 2 "\"$name\" is not a name" real add "$name" 192.0.2.13
	bad 2 "\"$name\" is not a name" real set "$name" 192.0.2.11 weight 1
	bad 2 "\"$name\" is not a name" real del "$name" 192.0.2.11
	bad 2 "\"$name\" is not a name" real show "$name"
done
bad 2 '"0" is not a port (1-65535)' service add new 198.51.100.2:0/tcp
bad 2 '"99999" is not a port (1-65535)' service add new 198.51.100.2:99999/tcp
bad 2 '"http" is not a port (1-65535)' service add new 198.51.100.2:http/tcp
bad 2 '"sctp" is not a protocol (tcp, udp)' service add new 198.51.100.2:80/sctp
bad 2 '"198.51.100.2:80" has no protocol' service add new 198.51.100.2:80
bad 2 '"198.51.100.2/tcp" has no port' service add new 198.51.100.2/tcp
bad 2 '"2001:db8::1:80/tcp" has no brackets' service add new 2001:db8::1:80/tcp
bad 2 'has an IPv4 address in brackets' service add new '[198.51.100.2]:80/tcp'
bad 2 '"rr" is not a sched (maglev)' service add new 198.51.100.2:80/tcp sched rr
bad 2 '"rr" is not a sched (maglev)' service set web sched rr
for number in 0 250 655374 -251 1e3 99999999999999999999; do
	bad 2 "\"$number\" is not a table size (251-655373)" \
		service add new 198.51.100.2:80/tcp table-size "$number"
	bad 2 "\"$number\" is not a table size (251-655373)" service set web table-size "$number"
done
for number in -1 18446744073709551616 0x 0x10000000000000000 1.5; do
	bad 2 "\"$number\" is not a seed" service add new 198.51.100.2:80/tcp seed "$number"
	bad 2 "\"$number\" is not a seed" service set web seed "$number"
done
for addr in 1.2.3 1.2.3.256 01.2.3.4 192.0.2.13/32 fe80::1%d0 ::ffff:192.0.2.13 localhost '[::1]' 2001:db8::g; do
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" real add web "$addr"
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" real set web "$addr" weight 1
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" real del web "$addr"
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" real show web "$addr"
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" vip add "$addr"
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" vip del "$addr"
	bad 2 "\"$addr\" is not an IPv4 or IPv6 address" vip show "$addr"
done
for mac in 02:00:00:00:00 02:00:00:00:00:0g 2:0:0:0:0:1 020000000013 00:00:00:00:00:00; do
	bad 2 "\"$mac\" is not a MAC address" real add web 192.0.2.13 lladdr "$mac"
	bad 2 "\"$mac\" is not a MAC address" real set web 192.0.2.11 lladdr "$mac"
done
bad 2 '"none" is for real set only' real add web 192.0.2.13 lladdr none
for number in -1 65536 1.0 0x10; do
	bad 2 "\"$number\" is not a weight (0-65535)" real add web 192.0.2.13 weight "$number"
	bad 2 "\"$number\" is not a weight (0-65535)" real set web 192.0.2.11 weight "$number"
done
bad 2 '"off" is not a state (up, drain, down)' real add web 192.0.2.13 state off
bad 2 '"off" is not a state (up, drain, down)' real set web 192.0.2.11 state off
bad 2 '"dev" is not expected here (lladdr, weight, state)' real set web 192.0.2.11 dev d0
bad 2 '"noaddr" and "dev" exclude each other' vip add 203.0.113.3 dev lo noaddr
bad 2 '"noaddr" is given twice' vip add 203.0.113.3 noaddr noaddr
bad 2 '"dev" is not expected here (noaddr)' vip del 203.0.113.1 dev lo

# --- what the kernel refuses --------------------------------------------------------------------

for command in "role add" "role del" "role show"; do
	# shellcheck disable=SC2086 # two words
	bad 1 'no device has this name (dev nosuch)' $command dev nosuch balancer
done
bad 1 'no device has this name (dev nosuch)' role set dev nosuch backend arp-ignore 1
bad 1 'no device has this name (dev nosuch)' role show dev nosuch
bad 1 'the device has this role already' role add dev d0 balancer
bad 1 'Ethernet device' role add dev lo balancer
bad 1 'the device does not have this role (role backend)' role set dev d1 backend arp-ignore 1
bad 1 'the device does not have this role (role balancer)' role del dev d1 balancer
bad 1 'the device does not have this role (role balancer)' role show dev d1 balancer
bad 1 'only a backend has this (arp-ignore 3)' role add dev d1 balancer arp-ignore 3
bad 1 'only a backend has this (arp-announce 1)' role set dev d0 balancer arp-announce 1

bad 1 'a service has this name already (name web)' service add web 198.51.100.2:80/tcp
bad 1 'another service has this address, port and protocol (addr 198.51.100.1)' \
	service add new 198.51.100.1:80/tcp
for addr in 224.0.0.1 0.0.0.0 255.255.255.255; do
	bad 1 "(addr $addr)" service add new "$addr:80/tcp"
	bad 1 "(addr $addr)" real add web "$addr"
	bad 1 "(addr $addr)" vip add "$addr"
done
for addr in ff02::1 ::; do
	bad 1 "(addr $addr)" service add new "[$addr]:80/tcp"
	bad 1 "(addr $addr)" real add web "$addr"
	bad 1 "(addr $addr)" vip add "$addr"
done
bad 1 'not a prime number (table-size 252)' service add new 198.51.100.2:80/tcp table-size 252
bad 1 'not a prime number (table-size 252)' service set web table-size 252
for command in "set nosuch seed 1" "del nosuch" "show nosuch"; do
	# shellcheck disable=SC2086 # words
	bad 1 'no service has this name (name nosuch)' service $command
done

for command in "add nosuch 192.0.2.13" "set nosuch 192.0.2.11 weight 1" "del nosuch 192.0.2.11" \
	"show nosuch" "show nosuch 192.0.2.11"; do
	# shellcheck disable=SC2086 # words
	bad 1 'no service has this name (service nosuch)' real $command
done
for command in "set web 192.0.2.99 weight 1" "del web 192.0.2.99" "show web 192.0.2.99"; do
	# shellcheck disable=SC2086 # words
	bad 1 'the service has no real with this address (addr 192.0.2.99)' real $command
done
bad 1 'the service has a real with this address already (addr 192.0.2.11)' real add web 192.0.2.11
bad 1 'that is the VIP' real add web 198.51.100.1
bad 1 'that is an address of this host (addr 192.0.2.10)' real add web 192.0.2.10
bad 1 'no device has this name (dev nosuch)' real add web 192.0.2.13 dev nosuch
bad 1 'Ethernet device (dev lo)' real add web 192.0.2.13 dev lo
bad 1 'not a unicast MAC address (lladdr 01:00:5e:00:00:01)' \
	real add web 192.0.2.13 lladdr 01:00:5e:00:00:01
bad 1 'not a unicast MAC address (lladdr ff:ff:ff:ff:ff:ff)' \
	real set web 192.0.2.11 lladdr ff:ff:ff:ff:ff:ff

bad 1 '(addr 203.0.113.1)' vip add 203.0.113.1
bad 1 'nosuch' vip add 203.0.113.3 dev nosuch
bad 1 '(addr 203.0.113.9)' vip del 203.0.113.9
bad 1 '(addr 203.0.113.9)' vip del 203.0.113.9 noaddr
bad 1 '(addr 203.0.113.9)' vip show 203.0.113.9

# The address is there already, but not as dsrctl would put it: vip add takes itself back.
look
must ip -n "$box" addr add 2001:db8::77/64 dev d1 nodad
before=$(state)
bad 1 'd1 holds the address already, but not as a host address' vip add 2001:db8::77 dev d1

# --- the lines of a batch -----------------------------------------------------------------------

batch 2 '-:1: "frob" is not an object' 'frob\n'
batch 2 '-:1: "-j" is not an object' '-j show\n'
batch 2 '-:3: service add: "80" is not a protocol' '# one\n\nservice add new 198.51.100.2:80/80\n'
batch 2 '-:1: a quote does not end' 'service add "new 198.51.100.2:80/tcp\n'
batch 2 '-:1: more than 64 words' "$(printf 'x %.0s' {1..65})\n"
batch 2 '-:1: there is a NUL byte in the line' 'service add new\0 198.51.100.2:80/tcp\n'
batch 2 '-:1: monitor: not in a batch' 'monitor\n'
batch 1 '-:2: service del: no service has this name (name nosuch)' \
	'\nservice del nosuch\nservice del web\n'

# --- not root, nowhere to print -----------------------------------------------------------------

need setpriv
powerless() { setpriv --bounding-set -all --inh-caps -all "$DSRCTL" "$@"; }
for command in show save stats "service del web" "service show web" "vip add 203.0.113.3"; do
	# shellcheck disable=SC2086 # words
	judge "not root: $command" 1 'not permitted: are you root? (CAP_NET_ADMIN)' powerless $command
done
# The same of events; bounded, for where they are open to all it would listen for ever.
listens_powerless() { timeout 10 setpriv --bounding-set -all --inh-caps -all "$DSRCTL" monitor; }
judge "not root: monitor" 1 'not permitted: are you root? (CAP_NET_ADMIN)' listens_powerless
judge "not root: -n" 1 'cannot enter network namespace' powerless -n "$box" show
full() { "$DSRCTL" -n "$box" "$@" >/dev/full; }
for command in show save stats help "-j service show" "service help"; do
	# shellcheck disable=SC2086 # words
	judge "device full: $command" 1 'cannot print: No space left on device' full $command
done
look
tap_done

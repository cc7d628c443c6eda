#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel refuses, and a wrong word in every form of command. Each time: the exact exit code
# (2: no command, 1: refused), one line on standard error that names what is wrong, nothing on standard
# output, and neither the configuration nor an address has changed. All wrong words: cli_words.sh.
#
#    box   d0 ==== d1     a veth pair; the roles, services, reals and VIPs below
# Timeout: 240

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
# shellcheck source=selftests/cli_judge.sh
. "$here/cli_judge.sh"
need_root

# --- how a case is judged -----------------------------------------------------------------------

state() {
	"$DSRCTL" -n "$box" save
	ip -n "$box" -o addr show
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
wait_for 10 bash -c "! ip -n $box -o addr | grep tentative >/dev/null" || tap_fail "the addresses settle"
before=$(state)

# --- options ------------------------------------------------------------------------------------

option 1 'cannot open network namespace "nosuch"' -n nosuch show
option 1 'cannot enter network namespace "/dev/null"' -n /dev/null show
option 1 'cannot open /nonexistent' -n "$box" -batch /nonexistent
option 1 'cannot be read: Is a directory' -n "$box" -batch /

# --- words: the rest is in cli_words.sh ---------------------------------------------------------

for form in "${forms[@]}"; do
	read -ra words <<<"$form"
	bad 2 '"junk" is ' "${words[@]}" junk
done

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

batch 2 '-:3: service add: "80" is not a protocol' '# one\n\nservice add new 198.51.100.2:80/80\n'
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

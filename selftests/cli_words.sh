#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every form of every dsrctl command with words that are none: a misspelt, missing, repeated or
# superfluous one, a value out of its range. Each time exit status 2, one line on standard error that
# names the word, and nothing on standard output. Words are judged before anything is opened or asked,
# so this needs no kernel of ours: where one got through, the status would be another. What the kernel
# refuses is in cli_bad_input.sh.

here=$(dirname "$(readlink -f "$0")")
# Where the module happens to be there a word that got through must not reach anything of value. Who may
# not make a namespace may not change anything either.
if [ -z "${CLI_WORDS_ALONE:-}" ]; then
	export CLI_WORDS_ALONE=yes
	for alone in -n -rn; do
		! unshare $alone true 2>/dev/null || exec unshare $alone "$0"
	done
fi
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
# shellcheck source=selftests/cli_judge.sh
. "$here/cli_judge.sh"
[ -x "$DSRCTL" ] || skip "needs dsrctl (make tools)"

# Of the host's own devices things change that nobody here has a part in.
state() { ip -o link show lo; ip -o addr show dev lo; }
before=$(state)

# bad TEXT WORD...: the words of a command.
bad() { judge "${*:2}" 2 "$1" "$DSRCTL" "${@:2}"; }

# batch TEXT LINES: the lines of a batch.
batch() { judge "batch ${2//'\n'/ }" 2 "$1" lines "$2"; }
lines() { printf '%b' "$1" | "$DSRCTL" -batch -; }

# --- options ------------------------------------------------------------------------------------

bad 'no object given'
bad '"-x" is not an option' -x
bad '"-jp" is not an option' -jp show
bad '"--json" is not an option' --json show
bad '"-" is not an option' -
bad '"-n" needs a value' -n
bad '"-batch" needs a value' -batch
bad '"-n" is given twice' -n some -n some show
bad '"" is not a network namespace' -n '' show
bad '".." is not a network namespace' -n .. show
bad '-force is for -batch only' -n some -force show
bad '"show" is one word too many after -batch' -n some -batch /dev/null show
bad '"" is not an object' ''
bad '"frob" is not an object (role, service, real, vip,' frob
bad '"Service" is not an object' Service show
bad '"serv" is not an object' serv show

# --- what holds for every command ---------------------------------------------------------------

pairs=' dev arp-ignore arp-announce sched table-size seed lladdr weight state '
long=$(printf 'x%.0s' {1..5000})

for form in "${forms[@]}"; do
	read -ra words <<<"$form"
	bad '"junk" is ' "${words[@]}" junk
	bad '"" ' "${words[@]}" ''
	bad '"-j" is ' "${words[@]}" -j
	bad 'x..." is ' "${words[@]}" "$long"
	bad '"two?lines" is ' "${words[@]}" $'two\nlines'
	for ((i = 0; i < ${#words[@]}; i++)); do
		bad '"" ' "${words[@]:0:i}" '' "${words[@]:i + 1}"
		[[ $pairs == *" ${words[i]} "* ]] || continue
		bad "\"${words[i]}\" is given twice" "${words[@]}" "${words[@]:i:2}"
		bad "\"${words[i]}\" needs a value" "${words[@]:0:i}" "${words[@]:i + 2}" "${words[i]}"
		bad "\"${words[i]:0:2}\" is not expected here" \
			"${words[@]:0:i}" "${words[i]:0:2}" "${words[@]:i + 1}"
		bad "\"${words[i]^^}\" is not expected here" \
			"${words[@]:0:i}" "${words[i]^^}" "${words[@]:i + 1}"
	done
done

for object in role service real vip; do
	bad "$object: \"frob\" is not a command (show, add," "$object" frob
	bad "$object: \"sho\" is not a command" "$object" sho
	bad "$object: \"help\" is not a command" "$object" help me
done
bad 'vip: "set" is not a command' vip set 203.0.113.1 dev d1
bad 'save: prints commands, not JSON' -j save

# --- what is missing ----------------------------------------------------------------------------

bad 'role add: dev DEV is missing' role add
bad 'role add: dev DEV is missing' role add balancer
bad 'role add: the role is missing' role add dev d1
bad 'role set: dev DEV is missing' role set backend arp-ignore 1
bad 'role set: the role is missing' role set dev d0 arp-ignore 1
bad 'role set: nothing to set' role set dev d0 backend
bad 'role del: dev DEV is missing' role del
bad 'role del: the role is missing' role del dev d0
bad 'service add: NAME is missing' service add
bad 'service add: ADDR:PORT/PROTO is missing' service add new
bad 'service set: NAME is missing' service set
bad 'service set: nothing to set' service set web
bad 'service del: NAME is missing' service del
bad 'real add: SERVICE is missing' real add
bad 'real add: ADDR is missing' real add web
bad 'real set: SERVICE is missing' real set
bad 'real set: ADDR is missing' real set web
bad 'real set: nothing to set' real set web 192.0.2.11
bad 'real del: SERVICE is missing' real del
bad 'real del: ADDR is missing' real del web
bad 'vip add: ADDR is missing' vip add
bad 'vip del: ADDR is missing' vip del

# --- what no value is -----------------------------------------------------------------------------

for dev in . .. a/b a:b 'a b' 1234567890123456; do
	bad "\"$dev\" is not a device name" role add dev "$dev" balancer
	bad "\"$dev\" is not a device name" real add web 192.0.2.13 dev "$dev"
	bad "\"$dev\" is not a device name" vip add 203.0.113.3 dev "$dev"
done
for number in -1 9 08 256 1x 0x1 ' 1'; do
	bad "\"$number\" is not a value of arp-ignore (0-8)" role add dev d1 backend arp-ignore "$number"
	bad "\"$number\" is not a value of arp-ignore (0-8)" role set dev d0 backend arp-ignore "$number"
done
bad '"3" is not a value of arp-announce (0-2)' role add dev d1 backend arp-announce 3
bad '"3" is not a value of arp-announce (0-2)' role set dev d0 backend arp-announce 3
bad '"backend" is a second role' role add dev d1 balancer backend
bad '"guard" is not expected here' role add dev d1 guard
bad '"arp-ignore" is not expected here' role del dev d0 backend arp-ignore 3
bad '"arp-ignore" is not expected here' role show arp-ignore 3
for name in -web 'we b' we/b wéb 12345678901234567890123456789012; do
	bad "\"$name\" is not a name" service add "$name" 198.51.100.2:80/tcp
	bad "\"$name\" is not a name" service set "$name" seed 1
	bad "\"$name\" is not a name" service del "$name"
	bad "\"$name\" is not a name" service show "$name"
	bad "\"$name\" is not a name" real add "$name" 192.0.2.13
	bad "\"$name\" is not a name" real set "$name" 192.0.2.11 weight 1
	bad "\"$name\" is not a name" real del "$name" 192.0.2.11
	bad "\"$name\" is not a name" real show "$name"
done
bad '"0" is not a port (1-65535)' service add new 198.51.100.2:0/tcp
bad '"99999" is not a port (1-65535)' service add new 198.51.100.2:99999/tcp
bad '"http" is not a port (1-65535)' service add new 198.51.100.2:http/tcp
bad '"sctp" is not a protocol (tcp, udp)' service add new 198.51.100.2:80/sctp
bad '"198.51.100.2:80" has no protocol' service add new 198.51.100.2:80
bad '"198.51.100.2/tcp" has no port' service add new 198.51.100.2/tcp
bad '"2001:db8::1:80/tcp" has no brackets' service add new 2001:db8::1:80/tcp
bad 'has an IPv4 address in brackets' service add new '[198.51.100.2]:80/tcp'
bad '"rr" is not a sched (maglev)' service add new 198.51.100.2:80/tcp sched rr
bad '"rr" is not a sched (maglev)' service set web sched rr
for number in 0 250 655374 -251 1e3 99999999999999999999; do
	bad "\"$number\" is not a table size (251-655373)" \
		service add new 198.51.100.2:80/tcp table-size "$number"
	bad "\"$number\" is not a table size (251-655373)" service set web table-size "$number"
done
for number in -1 18446744073709551616 0x 0x10000000000000000 1.5; do
	bad "\"$number\" is not a seed" service add new 198.51.100.2:80/tcp seed "$number"
	bad "\"$number\" is not a seed" service set web seed "$number"
done
for addr in 1.2.3 1.2.3.256 01.2.3.4 192.0.2.13/32 fe80::1%d0 ::ffff:192.0.2.13 localhost '[::1]' 2001:db8::g; do
	bad "\"$addr\" is not an IPv4 or IPv6 address" real add web "$addr"
	bad "\"$addr\" is not an IPv4 or IPv6 address" real set web "$addr" weight 1
	bad "\"$addr\" is not an IPv4 or IPv6 address" real del web "$addr"
	bad "\"$addr\" is not an IPv4 or IPv6 address" real show web "$addr"
	bad "\"$addr\" is not an IPv4 or IPv6 address" vip add "$addr"
	bad "\"$addr\" is not an IPv4 or IPv6 address" vip del "$addr"
	bad "\"$addr\" is not an IPv4 or IPv6 address" vip show "$addr"
done
for mac in 02:00:00:00:00 02:00:00:00:00:0g 2:0:0:0:0:1 020000000013 00:00:00:00:00:00; do
	bad "\"$mac\" is not a MAC address" real add web 192.0.2.13 lladdr "$mac"
	bad "\"$mac\" is not a MAC address" real set web 192.0.2.11 lladdr "$mac"
done
bad '"none" is for real set only' real add web 192.0.2.13 lladdr none
for number in -1 65536 1.0 0x10; do
	bad "\"$number\" is not a weight (0-65535)" real add web 192.0.2.13 weight "$number"
	bad "\"$number\" is not a weight (0-65535)" real set web 192.0.2.11 weight "$number"
done
bad '"off" is not a state (up, drain, down)' real add web 192.0.2.13 state off
bad '"off" is not a state (up, drain, down)' real set web 192.0.2.11 state off
bad '"dev" is not expected here (lladdr, weight, state)' real set web 192.0.2.11 dev d0
bad '"noaddr" and "dev" exclude each other' vip add 203.0.113.3 dev lo noaddr
bad '"noaddr" is given twice' vip add 203.0.113.3 noaddr noaddr
bad '"dev" is not expected here (noaddr)' vip del 203.0.113.1 dev lo

# --- the lines of a batch -----------------------------------------------------------------------

batch '-:1: "frob" is not an object' 'frob\n'
batch '-:1: "-j" is not an object' '-j show\n'
batch '-:3: service add: "80" is not a protocol' '# one\n\nservice add new 198.51.100.2:80/80\n'
batch '-:1: a quote does not end' 'service add "new 198.51.100.2:80/tcp\n'
batch '-:1: more than 64 words' "$(printf 'x %.0s' {1..65})\n"
batch '-:1: there is a NUL byte in the line' 'service add new\0 198.51.100.2:80/tcp\n'
batch '-:1: monitor: not in a batch' 'monitor\n'

look
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What dsrctl prints: save restores byte for byte, JSON has the keys of the spec and says what text
# says, batches tell which line failed, events and help come, the completion completes, and the
# manual page is clean.
#
#    box, copy   each: d0 ==== d1     a veth pair, the same names in both
# Timeout: 400

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
top=$(readlink -f "$here/..")
need_root
need python3

ctl() { "$DSRCTL" -n "$@"; }

# py CODE [ARG]...: what Python makes of JSON on stdin, which is in "j".
py() { python3 -c "import json, sys; j = json.load(sys.stdin); $1" "${@:2}"; }

ns_new box copy
# shellcheck disable=SC2119 # no parameters
mod_load
odd="d\"0'#\\"
for ns in "$box" "$copy"; do
	must ip -n "$ns" -batch - <<-END
		link add d0 address 02:00:00:00:00:10 type veth peer name d1
		link add e0 type veth peer name e1
		addr add 192.0.2.10/24 dev d0
		link set d0 up
		link set d1 up
	END
	must ip -n "$ns" link set e0 name "$odd"
done

# --- help ---------------------------------------------------------------------------------------

for object in "" role service real vip show stats monitor save; do
	# shellcheck disable=SC2086 # none or one word
	text=$("$DSRCTL" $object help 2>"$tmp/err")
	status=$?
	[ $status -eq 0 ] && [[ $text == "dsrctl "*"${object:-OPTIONS}"* ]] && [ ! -s "$tmp/err" ]
	check_eq "help of '${object:-dsrctl}'" $? 0
done
check_eq "-h is help" "$("$DSRCTL" -h)" "$("$DSRCTL" help)"
check_eq "--help is help" "$("$DSRCTL" --help)" "$("$DSRCTL" help)"
check "-V prints the version" grep -qxE 'dsrctl [0-9]+\.[0-9]+(\.[0-9]+)?' <("$DSRCTL" -V)

# --- save and restore ---------------------------------------------------------------------------

check_eq "an empty host saves nothing" "$(ctl "$box" save)" ""
check_eq "an empty host shows nothing" "$(ctl "$box" show)" ""
check_eq "an empty host has empty JSON" "$(ctl "$box" -j show)" \
	'{"role":[],"service":[],"real":[],"vip":[]}'

# Exactly what save is to print: only what is not a default, in order of creation.
cat >"$tmp/config" <<-'END'
	role add dev "d\"0'#\\" backend arp-ignore 8 arp-announce 0
	role add dev d0 balancer
	role add dev d0 backend
	role add dev d1 balancer
	service add zulu 198.51.100.1:80/tcp table-size 251
	real add zulu 192.0.2.12 lladdr 02:00:00:00:00:12
	real add zulu 192.0.2.11 lladdr 02:00:00:00:00:11 weight 3
	real add zulu 2001:db8::11 dev d0 lladdr 02:00:00:00:00:13 weight 0
	real add zulu 192.0.2.14 lladdr 02:00:00:00:00:14 weight 65535 state drain
	real add zulu 192.0.2.15 lladdr 02:00:00:00:00:15 state down
	service add alfa [2001:db8::53]:65535/udp table-size 1021 seed 0xffffffffffffffff
	service add 1234567890123456789012345678901 198.51.100.1:443/tcp
	real add 1234567890123456789012345678901 192.0.2.12
	service add A.b_c-d 198.51.100.1:443/udp seed 0x0000000000000001
	real add A.b_c-d 192.0.2.99
	vip add 203.0.113.1
	vip add 203.0.113.2 noaddr
	vip add 2001:db8::100
	vip add 2001:db8::101 dev d1
END
check "a configuration is loaded" ctl "$box" -batch "$tmp/config"
check "save prints it byte for byte" diff "$tmp/config" <(ctl "$box" save)
check "save is restored elsewhere" ctl "$copy" -batch - < <(ctl "$box" save)
check "and saved there byte for byte" diff "$tmp/config" <(ctl "$copy" save)
check "the addresses are on their devices, and only those" diff - <(
	ip -n "$copy" -o addr | awk '/203\.0\.113|2001:db8::10/ { print $2, $4, /nodad/ ? "nodad" : "" }' |
		sort
) <<-'END'
	d1 2001:db8::101/128 nodad
	lo 2001:db8::100/128 nodad
	lo 203.0.113.1/32 
END

# What is alike on both: all but the numbers that the kernel draws and what neighbours answer.
plain='
def strip(x):
    if isinstance(x, list):
        return [strip(y) for y in x]
    if isinstance(x, dict):
        return {k: strip(v) for k, v in x.items()
                if k not in ("id", "ifindex", "counters", "reach", "mac", "egress")}
    return x
print(json.dumps(strip(j), indent=1))'
plain() { ctl "$1" -j show | python3 -c "import json, sys; j = json.load(sys.stdin)$plain"; }
check "-j show is the same on both, digests included" diff <(plain "$box") <(plain "$copy")
check_eq "digests are there" "$(ctl "$box" -j service show zulu |
	py 'print(len(j[0]["digest"]), int(j[0]["digest"], 16) != 0)')" "18 True"

# Take everything away, by name, and bring it back.
ctl "$copy" save >"$tmp/saved"
check "vips are deleted" ctl "$copy" -batch - < <(sed -n 's/^vip add \([^ ]*\).*/vip del \1/p' "$tmp/saved")
check_eq "and their addresses" "$(ip -n "$copy" -o addr | grep -cE '203\.0\.113|2001:db8::10')" 0
check "services are deleted" ctl "$copy" -batch - < <(sed -n 's/^service add \([^ ]*\).*/service del \1/p' "$tmp/saved")
check "roles are deleted" ctl "$copy" -batch - < <(sed -nE 's/^role add (dev .* (balancer|backend)).*/role del \1/p' "$tmp/saved")
check_eq "nothing is left" "$(ctl "$copy" save)" ""
check "what was saved comes back" ctl "$copy" -batch "$tmp/saved"
check "byte for byte" diff "$tmp/config" <(ctl "$copy" save)

# --- the order of vip add and vip del -----------------------------------------------------------

takes_over() {
	ip -n "$copy" addr add 203.0.113.50/32 dev lo && ctl "$copy" vip add 203.0.113.50
}
takes_away() {
	ctl "$copy" vip del 203.0.113.50 && ! ip -n "$copy" -o addr | grep 203.0.113.50 >/dev/null
}
already_gone() {
	ctl "$copy" vip add 203.0.113.51 && ip -n "$copy" addr del 203.0.113.51/32 dev lo &&
		ctl "$copy" vip del 203.0.113.51
}
noaddr_leaves_it() {
	ctl "$copy" vip add 203.0.113.52 && ctl "$copy" vip del 203.0.113.52 noaddr &&
		ip -n "$copy" addr del 203.0.113.52/32 dev lo
}
not_ours() {
	ip -n "$copy" addr add 2001:db8::78/64 dev d1 nodad && ctl "$copy" vip add 2001:db8::78 noaddr &&
		ctl "$copy" vip del 2001:db8::78 && ip -n "$copy" -o addr | grep 2001:db8::78/64 >/dev/null
}
check "vip add takes over an address that is there" takes_over
check "vip del takes it away" takes_away
check "vip del is content if the address is gone" already_gone
check "vip del noaddr leaves the address" noaddr_leaves_it
check "vip del leaves what vip add did not put there" not_ours

# --- JSON ---------------------------------------------------------------------------------------

if python3 -c 'import yaml' 2>/dev/null; then
	for object in role service real vip; do
		ctl "$box" -j "$object" show >"$tmp/$object.json"
		check "-j $object show has the keys of the spec" python3 - \
			"$top/Documentation/netlink/specs/dsr.yaml" "$object" "$tmp/$object.json" <<-'END'
				import json, sys, yaml
				spec = yaml.safe_load(open(sys.argv[1]))
				what, got = sys.argv[2], json.load(open(sys.argv[3]))
				op = [o for o in spec["operations"]["list"] if o["name"] == what + "-get"][0]
				want = op["do"]["reply"]["attributes"]
				keys = set().union(*got)
				# A link without carrier has no neighbour yet: these come with an answer.
				assert keys == set(want), (keys ^ set(want))
				for one in got:
				    assert [k for k in want if k in one] == list(one), list(one)
			END
	done
else
	tap_skip "keys of the spec" "needs python3-yaml"
fi
check "-j: numbers, words and addresses are of their kind" py '
s = {x["name"]: x for x in j["service"]}
assert s["alfa"]["addr"] == "2001:db8::53" and s["alfa"]["port"] == 65535
assert s["alfa"]["proto"] == "udp" and s["alfa"]["sched"] == "maglev"
assert s["alfa"]["seed"] == "0xffffffffffffffff" and s["alfa"]["table-size"] == 1021
assert s["zulu"]["counters"] == {"packets": 0, "bytes": 0}
assert s["zulu"]["reals"] == 5
r = {x["addr"]: x for x in j["real"] if x["service"] == "zulu"}
assert r["192.0.2.11"]["lladdr"] == "02:00:00:00:00:11" and r["192.0.2.11"]["weight"] == 3
assert r["192.0.2.15"]["state"] == "down" and r["192.0.2.15"]["reach"] == "idle"
assert sum(x["rows"] for x in r.values()) == 251
v = {x["addr"]: x for x in j["vip"]}
assert "dev" not in v["203.0.113.2"] and v["203.0.113.1"]["dev"] == "lo"
assert v["203.0.113.1"]["counters"]["arp-ignored"] == 0
o = [x for x in j["role"] if x["dev"] == sys.argv[1]][0]
assert o["role"] == "backend" and o["arp-ignore"] == 8 and o["arp-announce"] == 0
' "$odd" < <(ctl "$box" -j show)
same='import sys, json; a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a != b)'
for command in show "role show" "service show" "real show" "vip show"; do
	# shellcheck disable=SC2086 # words
	check "-j -p $command says the same as -j" python3 -c "$same" <(ctl "$box" -j $command) \
		<(ctl "$box" -j -p $command)
done
check "-j stats" py 'assert set(j) == {"stats", "service", "real"}' < <(ctl "$box" -j stats)
check_eq "-j is one line" "$(ctl "$box" -j show | wc -l)" 1
check_eq "show of one" "$(ctl "$box" -j service show alfa | py 'print([x["name"] for x in j])')" "['alfa']"
check_eq "show of one real" "$(ctl "$box" -j real show zulu 192.0.2.11 | py 'print([x["addr"] for x in j])')" \
	"['192.0.2.11']"
check_eq "show of the reals of a service" \
	"$(ctl "$box" -j real show zulu | py 'print(len(j), {x["service"] for x in j})')" "5 {'zulu'}"
check_eq "show of the roles of a device" \
	"$(ctl "$box" -j role show dev d0 | py 'print([x["role"] for x in j])')" "['balancer', 'backend']"
check_eq "show of a role on all devices" \
	"$(ctl "$box" -j role show balancer | py 'print([x["dev"] for x in j])')" "['d0', 'd1']"
check_eq "an object alone is shown" "$(ctl "$box" vip)" "$(ctl "$box" vip show)"

# --- text ---------------------------------------------------------------------------------------

check "text marks what cannot be reached, and says why" grep -qE \
	'^    ! real  192\.0\.2\.15 .* idle .*\(The administrator set it down' <(ctl "$box" show)
check "and does not mark what can" grep -qE '^      real  192\.0\.2\.11 .* reachable ' <(ctl "$box" show)
check_eq "rows of one kind are aligned" \
	"$(ctl "$box" real show | grep -bo ' weight ' | wc -l) $(ctl "$box" real show |
		awk '{ print index($0, " weight ") }' | sort -u | wc -l)" "7 1"

# --- changes ------------------------------------------------------------------------------------

changes() {
	ctl "$box" real set zulu 192.0.2.11 state drain &&
		ctl "$box" service set alfa seed 5 &&
		ctl "$box" role set dev d0 backend arp-announce 1 &&
		ctl "$box" real set zulu 192.0.2.12 lladdr none weight 7
}
check "set changes what is given and no more" changes
check_eq "as save shows" "$(diff "$tmp/config" <(ctl "$box" save) | grep '^>')" \
	"> role add dev d0 backend arp-announce 1
> real add zulu 192.0.2.12 weight 7
> real add zulu 192.0.2.11 lladdr 02:00:00:00:00:11 weight 3 state drain
> service add alfa [2001:db8::53]:65535/udp table-size 1021 seed 0x0000000000000005"

# The default of this host is not that of the next one.
echo 1021 >/sys/module/dsr/parameters/table_size
check_eq "save prints a default that is not everybody's" \
	"$(ctl "$box" save | grep -c 'service add.* table-size 65537')" 2
echo 65537 >/sys/module/dsr/parameters/table_size

# --- batches ------------------------------------------------------------------------------------

ctl "$copy" -batch - >"$tmp/out" 2>"$tmp/err" <<-'END'
	# comments, empty lines and quotes

	service add "one" '198.51.100.7:1/tcp'   # of either kind
	service add two 198.51.100.7:1/tcp
	service add three 198.51.100.7:3/tcp
END
check_eq "a batch stops at a line that is refused, with status 1" $? 1
check_eq "and says which line" "$(cut -d: -f1-4 "$tmp/err")" "dsrctl: -:4: service add"
check_eq "what was before it is done, what comes after is not" \
	"$(ctl "$copy" -j service show | py 'print([x["name"] for x in j if x["addr"] == "198.51.100.7"])')" \
	"['one']"
printf '%s\n' 'service del nosuch' 'frob' 'service del one' 'service del nosuch' >"$tmp/batch"
ctl "$copy" -batch "$tmp/batch" -force >"$tmp/out" 2>"$tmp/err"
check_eq "-force has the status of the first line that failed" $? 1
check_eq "and says each" "$(sed "s,$tmp/,," "$tmp/err" | cut -d: -f1-4)" \
	"dsrctl: batch:1: service del
dsrctl: batch:2: \"frob\" is not an object (role, service, real, vip, show, stats, monitor, save, help)
dsrctl: batch:4: service del"
check_fails "and goes on" ctl "$copy" service show one
check_eq "a batch shows, too" "$(printf 'service show alfa\nvip show 203.0.113.2' | ctl "$copy" -j -batch - |
	python3 -c 'import json, sys; print(*(len(json.loads(l)) for l in sys.stdin))')" "1 1"

# --- events -------------------------------------------------------------------------------------

bg text "$DSRCTL" -n "$copy" -t monitor >"$tmp/text"
# shellcheck disable=SC2154 # text and json are set by bg
bg json "$DSRCTL" -n "$copy" -j -t monitor >"$tmp/json"
# A change for as long as it takes until both listen.
heard() {
	ctl "$copy" service set alfa seed "$RANDOM"
	grep -q service-set "$tmp/text" && grep -q service-set "$tmp/json"
}
wait_for 10 heard || tap_fail "the monitors hear something"
ctl "$copy" -batch - <<-'END'
	service add ev 198.51.100.9:9/udp table-size 251
	real add ev 192.0.2.30 dev d0 lladdr 02:00:00:00:00:30
	real set ev 192.0.2.30 weight 5
	role set dev d0 backend arp-ignore 2
	role del dev d1 balancer
	role add dev d1 balancer
	vip add 203.0.113.60
	vip del 203.0.113.60
	real del ev 192.0.2.30
	service del ev
END
wait_for 5 grep -q service-del "$tmp/json" || tap_fail "the last event comes"
wait_for 5 grep -q service-del "$tmp/text"
want="service-add real-add real-set role-set role-del role-add vip-add vip-del real-del service-del"
check_eq "monitor prints each event once, in order" \
	"$(awk '{ print $2 }' "$tmp/text" | grep -vE 'service-set|service-table|real-reach' | xargs)" "$want"
check_eq "monitor -j too" "$(python3 -c '
import json, sys
e = [json.loads(l) for l in sys.stdin]
assert all(x["time"].endswith("Z") and "id" in x or "role" in x for x in e)
assert [x["weight"] for x in e if x["event"] == "real-set"] == [5]
print(*(x["event"] for x in e if x["event"] not in ("service-set", "service-table", "real-reach")))
' <"$tmp/json")" "$want"
check "a new table is an event" grep -q service-table "$tmp/json"
check "-t says when" grep -qE '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z  ' "$tmp/text"
bg_end "$text"
bg_end "$json"

# --- many ---------------------------------------------------------------------------------------

count=2000
for ((i = 0; i < count; i++)); do
	echo "service add s$i 10.$((i / 250)).$((i % 250)).1:80/tcp table-size 251"
	echo "real add s$i 192.0.2.12 lladdr 02:00:00:00:00:12"
	echo "real add s$i 192.0.2.13 lladdr 02:00:00:00:00:13 weight 2"
done >"$tmp/many"
ns_new crowd
start=${EPOCHREALTIME/./}
check "$count services with two reals each are loaded" ctl "$crowd" -batch "$tmp/many"
comment "in $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
check "and saved byte for byte" cmp "$tmp/many" <(ctl "$crowd" save)
check_eq "and shown" "$(ctl "$crowd" -j real show | py 'print(len(j))')" $((2 * count))

# --- completion and manual page -----------------------------------------------------------------

# completes WORD...: what bash offers for the last word.
completes() {
	bash -c '
		[ ! -e /usr/share/bash-completion/bash_completion ] ||
			. /usr/share/bash-completion/bash_completion
		. "$1/tools/dsrctl/completion/dsrctl" || exit
		complete -p dsrctl >/dev/null || exit
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
		_dsrctl
		echo "${COMPREPLY[@]}"' - "$top" "$DSRCTL" "$@" 2>&1
}
check_eq "completion: objects" "$(completes s)" "service show stats save"
check_eq "completion: commands" "$(completes real s)" "show set"
check_eq "completion: keywords" "$(completes real add web 192.0.2.1 weight 1 '')" "dev lladdr state"
check_eq "completion: words" "$(completes real set web 192.0.2.1 state d)" "drain down"
check_eq "completion: services" "$(completes -n "$box" service show '')" \
	"1234567890123456789012345678901 A.b_c-d alfa zulu"
check_eq "completion: reals" "$(completes -n "$box" real del zulu 192.0.2.11)" "192.0.2.11"
check_eq "completion: vips" "$(completes -n "$box" vip del 203)" "203.0.113.1 203.0.113.2"
check_eq "completion: devices" "$(completes -n "$box" role add dev d | tr ' ' '\n' | LC_ALL=C sort | paste -sd ' ')" \
	"d0 d1 $(printf %q "$odd")"
check_eq "completion: namespaces" "$(completes -n "${box%"${box#???}"}")" "$box"
if command -v mandoc >/dev/null; then
	check "the manual page is clean" mandoc -T lint -W warning "$top/tools/dsrctl/dsrctl.8"
else
	tap_skip "the manual page is clean" "needs mandoc"
fi
tap_done

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# How a dsrctl command with input that is wrong is judged: cli_words.sh, cli_bad_input.sh. Source it
# after lib.sh; who does says what state() prints, and what it printed before the first case, $before.

# The state is looked at after every few cases, since that takes longer than the case.
unlooked=0
look() {
	[ "$unlooked" -gt 0 ] || return
	check "nothing has changed by the last $unlooked" diff <(echo "$before") <(state)
	unlooked=0
}

# judge NAME WANTED TEXT CMD...: the exact exit status, one line on standard error, which has TEXT, and
# nothing on standard output.
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

# Commands of every form. Each would succeed after those at the head of cli_bad_input.sh, but for what
# is done to it.
# shellcheck disable=SC2034 # for the tests
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

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What every test begins with:
#
#	. "$(dirname "$0")/lib.sh"
#	need_root; need ethtool nft
#	ns_new client real1		# sets $client and $real1 to the namespaces' names
#	mod_load
#	check "ping answers" on "$client" ping -c 1 10.0.0.1
#	tap_done			# the last line of each test: without it the test has failed
#
# Results are KTAP on stdout. Nothing here waits for a fixed time: state is what is waited for.
# Environment: DSR_KO, DSRCTL (the paths of what is tested), DSR_LOGS (a folder for what is kept).

set -uo pipefail

selftests=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
DSR_KO=${DSR_KO:-$selftests/../dsr_mod/dsr.ko}
DSRCTL=${DSRCTL:-$selftests/../tools/dsrctl/dsrctl}
# shellcheck disable=SC2034 # for the tests
frame=$selftests/frame
tmp=$(mktemp -d)
DSR_LOGS=${DSR_LOGS:-$tmp}
# Emulated or heavily debugged kernels are slow, not wrong: every bound on a wait grows.
slow=1
[ "${KSFT_MACHINE_SLOW:-}" != yes ] || slow=4
slow=$((slow * ${SLOW:-1}))

tap_count=0 tap_failed=0 tap_finished='' exit_commands=() bg_pids=() namespaces=()
echo 'TAP version 13'

# --- results ------------------------------------------------------------------------------------

tap_ok() { echo "ok $((++tap_count)) $*"; }

# tap_fail NAME [WHY]...: each WHY is a line of its own.
tap_fail() {
	local why

	echo "not ok $((++tap_count)) $1"
	tap_failed=$((tap_failed + 1))
	shift
	for why; do comment "$why"; done
}

tap_skip() { echo "ok $((++tap_count)) $1 # SKIP ${*:2}"; }

comment() { local all=$*; printf '# %s\n' "${all//$'\n'/$'\n# '}"; }

tap_done() {
	echo "1..$tap_count"
	tap_finished=yes
	[ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
	exit
}

# skip REASON: the whole test cannot be run here.
skip() {
	echo "1..0 # SKIP $*"
	tap_finished=yes
	exit 4
}

# check NAME CMD...: ok if CMD succeeds; what it said is shown only if it does not.
check() {
	local name=$1 said status

	shift
	if said=$("$@" 2>&1); then
		tap_ok "$name"
	else
		status=$?
		tap_fail "$name" "$* -> status $status" ${said:+"$said"}
		return 1
	fi
}

# check_fails NAME CMD...: ok if CMD fails, whichever way.
check_fails() {
	local name=$1 said

	shift
	if said=$("$@" 2>&1); then
		tap_fail "$name" "$* -> succeeded" ${said:+"$said"}
		return 1
	fi
	tap_ok "$name"
}

# check_refused NAME STATUS TEXT CMD...: ok if CMD exits with STATUS and says TEXT somewhere.
check_refused() {
	local name=$1 want=$2 text=$3 said status=0

	shift 3
	said=$("$@" 2>&1) || status=$?
	if [ "$status" -eq "$want" ] && [[ $said == *"$text"* ]]; then
		tap_ok "$name"
	else
		tap_fail "$name" "$* -> status $status, wanted $want and '$text', said:" "$said"
		return 1
	fi
}

# check_eq NAME GOT WANTED
check_eq() {
	if [ "$2" = "$3" ]; then
		tap_ok "$1"
	else
		tap_fail "$1" "got:    $2" "wanted: $3"
		return 1
	fi
}

# --- running and waiting ------------------------------------------------------------------------

# run CMD...: shows the command, and what it says, as comments; a failure is the caller's to judge.
run() {
	echo "# \$ $*"
	"$@" 2>&1 | sed 's/^/#   /'
}

# must CMD...: a step of the set-up. Where it fails the test has nothing to say any more.
must() {
	local said status

	said=$("$@" 2>&1) && return
	status=$?
	tap_fail "set-up" "$* -> status $status" ${said:+"$said"}
	exit 1
}

# wait_for SECS CMD...: until CMD succeeds; fails when the bound has passed.
wait_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * slow * 1000000))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME/./}" -ge "$end" ]; then
			comment "waited in vain for: $*"
			return 1
		fi
		sleep 0.02
	done
}

# holds_for SECS CMD...: CMD succeeds all the time; for what must never happen.
holds_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))

	shift
	while [ "${EPOCHREALTIME/./}" -lt "$end" ]; do
		"$@" || return 1
		sleep 0.02
	done
}

# bg VARIABLE CMD...: in the background; its pid in VARIABLE; ended when the test ends.
bg() {
	local -n pid_of=$1

	shift
	# A function would run in a shell of its own, and the pid be that shell's.
	[ "$1" != on ] || set -- ip netns exec "${@:2}"
	"$@" &
	pid_of=$!
	bg_pids+=("$pid_of")
}

# bg_end PID: ends one of ours and collects its status.
bg_end() {
	local pid

	for pid in "${bg_pids[@]}"; do
		[ "$pid" = "$1" ] || continue
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		return
	done
	comment "$1 is not a process of this test"
	return 1
}

# at_exit CMD...: undone last first, whatever way the test ends.
at_exit() {
	local quoted

	printf -v quoted '%q ' "$@"
	exit_commands+=("$quoted")
}

lib_exit() {
	local status=$? i pid

	trap '' INT TERM
	for ((i = ${#exit_commands[@]} - 1; i >= 0; i--)); do
		eval "${exit_commands[i]}"
	done
	for pid in "${bg_pids[@]}"; do kill "$pid" 2>/dev/null; done
	for pid in "${bg_pids[@]}"; do wait "$pid" 2>/dev/null; done
	ns_del "${namespaces[@]}"
	! mod_loaded_by_us || mod_unload
	rm -rf "$tmp"
	if [ -z "$tap_finished" ]; then
		tap_fail "runs to its end" "ended early with status $status"
		echo "1..$tap_count"
		exit 1
	fi
	exit "$status"
}
trap lib_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- what must be there -------------------------------------------------------------------------

need_root() { [ "$(id -u)" -eq 0 ] || skip "needs root"; }

need() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "needs $tool"
	done
}

# need_mod MODULE...: kernel modules of others, loaded if they are not built in.
need_mod() {
	local m

	for m; do
		modprobe -q "$m" || skip "this kernel has no $m"
	done
}

# --- the module ---------------------------------------------------------------------------------

mod_loaded() { [ -d /sys/module/dsr ]; }
mod_mine=''
mod_loaded_by_us() { [ -n "$mod_mine" ] && mod_loaded; }

# mod_load [PARAMETER=VALUE]...
mod_load() {
	local dep

	! mod_loaded || { [ -n "$mod_mine" ] || skip "dsr is loaded already: not ours to unload"; return 0; }
	[ -f "$DSR_KO" ] || skip "no module at $DSR_KO"
	# insmod, unlike modprobe, leaves what the module needs to us.
	for dep in $(modinfo -F depends "$DSR_KO" | tr , ' '); do
		must modprobe "$dep"
	done
	must insmod "$DSR_KO" "$@"
	mod_mine=yes
}

mod_unload() {
	rmmod dsr
	mod_loaded && return 1
	mod_mine=''
}

# --- namespaces ---------------------------------------------------------------------------------

# ns_new WORD...: a namespace for each; the variable WORD holds its name, which no one else has.
ns_new() {
	local word

	for word; do
		local -n ns_name=$word
		# shellcheck disable=SC2034 # set by reference
		ns_name=$word-${DSR_RUN:-$$}
		must ip netns add "$ns_name"
		namespaces+=("$ns_name")
		must ip -n "$ns_name" link set lo up
		# Duplicate address detection would keep every fresh address from being used for a second.
		on "$ns_name" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 2>/dev/null
	done
}

# ns_del NAME...: those that are still there.
ns_del() {
	local name

	for name; do
		[ ! -e "/run/netns/$name" ] || ip netns del "$name"
	done
}

# on NAME CMD...: with the namespace's own /sys. An empty name is where we are.
on() {
	if [ -n "$1" ]; then
		ip netns exec "$@"
	else
		"${@:2}"
	fi
}

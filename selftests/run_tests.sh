#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_tests.sh TEST...: runs test programs one after another, on this very kernel, and prints KTAP
# with each program's own KTAP inside. Used on a real host and in the guest alike.
#
# A program has failed if it says so, if it dies, hangs, promises another number of results than it
# gives or gives none, if the kernel log shows trouble since it began, or if it leaves behind the
# module, a namespace, a network device or a process. A line "# Timeout: SECONDS" among its first
# 30 overrides the timeout in `settings`; SLOW=N makes all of them N times longer, and TEST_LIMIT=N
# at least N seconds.
#
# Results also go, a line for each program, to $DSR_LOGS/results: NAME STATUS OK NOT_OK SKIP SECONDS.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/vm/lib.sh"
export DSR_KO=${DSR_KO:-$top/dsr_mod/dsr.ko} DSRCTL=${DSRCTL:-$top/tools/dsrctl/dsrctl}
DSR_LOGS=${DSR_LOGS:-$(new_folder "$top/out/tests" host)}
mkdir -p "$DSR_LOGS"
export DSR_LOGS
results=$DSR_LOGS/results
: >"$results"
scratch=$(mktemp -d)
export DSR_RUN=t$$
current=''
cleanup() {
	[ -z "$current" ] || kill -TERM -- "-$current" 2>/dev/null
	rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a test must give back. In the guest nobody else is there, so that is everything; on a host
# it is only what bears the name of this run. Devices by name: an index changes when a driver is
# loaded again. Those that come with a driver (bond0, sit0 …) stay for as long as the driver does.
# Without a single fork: this runs after every test, and an emulated CPU is slow at those.
state() {
	local path name

	here_now=()
	[ ! -d /sys/module/dsr ] || here_now+=("module dsr")
	for path in /run/netns/*; do
		name=${path##*/}
		[ "$name" != '*' ] || continue
		[ -n "${DSR_ACCEL:-}" ] || [[ $name == *-"$DSR_RUN" ]] || continue
		here_now+=("namespace $name")
	done
	[ -n "${DSR_ACCEL:-}" ] || return
	for path in /sys/class/net/*; do
		name=${path##*/}
		case $name in
		lo | bond0 | bonding_masters | sit0 | ip6tnl0 | tunl0 | gre0 | gretap0 | erspan0 | dummy0 | ifb[01]) ;;
		*) here_now+=("device $name") ;;
		esac
	done
}

# left_behind THING...: what is there now besides these, in $left. A namespace, and with it its
# devices, goes some time after its last user, so it gets a little of that.
left_behind() {
	local before thing end=$((SECONDS + 5))

	printf -v before '<%s>' "$@"
	while :; do
		state
		left=()
		for thing in "${here_now[@]}"; do
			[[ $before == *"<$thing>"* ]] || left+=("$thing")
		done
		[ ${#left[@]} -gt 0 ] || return 1
		[ $SECONDS -le $end ] || return 0
		sleep 0.1
	done
}

# Only what the test itself brought; the next one begins clean.
tidy_up() {
	local thing name

	for thing in "${left[@]}"; do
		name=${thing#* }
		case $thing in
		'namespace '*) ip netns del "$name" ;;
		'device '*) ip link del "$name" ;;
		'module '*) rmmod dsr ;;
		esac
	done
}

# The kernel's log since the test began; all of it if the mark has rolled out of the buffer.
log_since() {
	dmesg >"$scratch/dmesg" 2>/dev/null
	awk -v mark="$1" 'index($0, mark) { n = 0; next } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }' "$scratch/dmesg" | own_races | unasked
}

run_one() {
	local path=$1 name log limit mark follower status=0 start=$SECONDS why='' ok bad skipped plan before

	name=$(basename "$path")
	log=$DSR_LOGS/$name.log
	: >"$log"
	limit=$(timeout_of "$path")
	mark="selftest $name $$-$RANDOM"
	state
	before=("${here_now[@]}")
	echo "$mark" 2>/dev/null >/dev/kmsg
	echo "# running $name (limit ${limit}s)"

	# Into a file and shown from there: a process that a test leaves behind could hold a pipe open.
	# A session of its own tells those processes apart from everyone else's.
	setsid timeout -k 10 "$limit" "$path" >"$log" 2>&1 </dev/null &
	current=$!
	tail -s 0.1 --pid=$current -n +1 -f "$log" | sed -u 's/^/  /' &
	follower=$!
	wait $current || status=$?
	wait $follower

	IFS=: read -r ok skipped bad plan < <(awk '/^ok / { ok++ } /^ok .*# SKIP/ { skipped++ } /^not ok / { bad++ }
		/^1\.\.[0-9]+/ && plan == "" { plan = substr($1, 4) }
		END { printf "%d:%d:%d:%s\n", ok, skipped, bad, plan }' "$log")
	case $status in
	0) [ "$ok" -gt 0 ] || why="no result" ;;
	4) [ "$plan" = 0 ] || why="exit status 4 without the plan of a skip" ;;
	124 | 137) why="not done within ${limit}s" ;;
	1) [ "$bad" -gt 0 ] || why="exit status 1 without a failed result" ;;
	*) why="exit status $status" ;;
	esac
	[ -n "$plan" ] || why="${why:+$why; }no plan"
	[ -z "$plan" ] || [ "$plan" -eq $((ok + bad)) ] || why="${why:+$why; }$((ok + bad)) results of $plan"
	log_since "$mark" >"$DSR_LOGS/$name.dmesg"
	if grep -qE "$trouble" "$DSR_LOGS/$name.dmesg"; then
		why="${why:+$why; }the kernel complained"
		grep -E -m 10 -A 8 "$trouble" "$DSR_LOGS/$name.dmesg" | sed 's/^/  # /'
	fi
	if pgrep -s "$current" >/dev/null; then
		why="${why:+$why; }processes left: $(pgrep -s "$current" -l | tr '\n' ' ')"
		pkill -KILL -s "$current"
	fi
	current=''
	if left_behind "${before[@]}"; then
		why="${why:+$why; }left behind: $(IFS=,; echo "${left[*]}")"
		tidy_up
	fi

	if [ -n "$why" ] || [ "$bad" -gt 0 ]; then
		# What is wrong with the program as a whole counts as one more failed result.
		[ -z "$why" ] || { bad=$((bad + 1)); echo "  # $name: $why"; }
		verdict=fail
	elif [ "$status" -eq 4 ]; then
		skipped=1 ok=1 verdict=skip
	else
		verdict=ok
	fi
	echo "$name $verdict $((ok - skipped)) $bad $skipped $((SECONDS - start))" >>"$results"
}

echo 'TAP version 13'
echo "1..$#"
n=0
for t; do
	n=$((n + 1)) verdict=''
	[[ $t == */* ]] || t=$here/$t
	name=$(basename "$t")
	if [ ! -x "$t" ]; then
		echo "$name fail 0 1 0 0" >>"$results"
		echo "not ok $n $name # no such program"
		continue
	fi
	run_one "$t"
	took=$(tail -n 1 "$results")
	case $verdict in
	ok) echo "ok $n $name # ${took##* }s" ;;
	skip) echo "ok $n $name # SKIP $(sed -n 's/^1\.\.0 # SKIP //p' "$DSR_LOGS/$name.log")" ;;
	*) echo "not ok $n $name # ${took##* }s" ;;
	esac
done
awk '{ ok += $3; bad += $4; skip += $5 }
	END { printf "# %d passed, %d failed, %d skipped\n", ok, bad, skip; exit bad > 0 }' "$results"

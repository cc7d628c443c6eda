# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# What the demo says and how it waits. Nothing here knows about load balancing. What is unused here
# is for demo.sh.

missed=0

say() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
title() { printf '\n[%4ds] == %s\n' "$SECONDS" "$*"; }
miss() { missed=$((missed + 1)); printf '[%4ds] MISSED: %s\n' "$SECONDS" "$*"; }
die() { printf '[%4ds] demo: %s\n' "$SECONDS" "$*" >&2; exit 1; }

# run COMMAND...: shows a command, then runs it.
run() {
	printf '        # %s\n' "$*"
	"$@" || die "this failed: $*"
}

# in_ns NS COMMAND...
in_ns() { ip netns exec "$@"; }

# wait_for SECONDS WHAT COMMAND...: until COMMAND succeeds; a miss, and failure, if it does not.
wait_for() {
	local limit=$1 what=$2 start=$SECONDS told=$SECONDS

	shift 2
	until "$@"; do
		[ $((SECONDS - start)) -lt "$limit" ] || { miss "waited ${limit}s in vain for $what"; return 1; }
		if [ $((SECONDS - told)) -ge 5 ]; then
			say "waiting for $what (limit ${limit}s)"
			told=$SECONDS
		fi
		sleep 0.1
	done
}

# commas NUMBER: 12345 as 12,345
commas() { sed -e :a -e 's/^\([0-9]*[0-9]\)\([0-9]\{3\}\)/\1,\2/;ta' <<<"$1"; }

# number KEY: its first value in the JSON on stdin.
number() { grep -o "\"$1\": *[0-9]*" | head -n 1 | grep -o '[0-9]*$'; }

# capture NS DEV FILE [tcpdump argument]...: starts tcpdump, leaves its process id in $capture.
capture() {
	local ns=$1 dev=$2 file=$3

	shift 3
	ip netns exec "$ns" tcpdump -Z root -n -U --immediate-mode -i "$dev" -w "$file" "$@" 2>"$file.log" &
	capture=$!
	wait_for 30 "tcpdump in $ns" grep -qs 'listening on' "$file.log" || die "$(cat "$file.log")"
}

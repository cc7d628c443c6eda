#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that what needs no kernel (the packet hash, tables, the parsing of packets, of dsrctl's words
# and of its replies) does what a plain reading of the same bytes says, for inputs that libFuzzer
# makes up, under the address and undefined-behaviour sanitizers. Runs on the host, needs no module.
#
# Environment: FUZZ_RUNS (default 20000) for each target, SEED (1).
# Timeout: 300

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
built=$here/../out/fuzz/user

# Its tables take it twenty times as long as anything else.
runs_of() {
	local runs=${FUZZ_RUNS:-20000}

	[ "$1" = sched ] && echo $((runs / 20 + 1)) || echo "$runs"
}

need clang-14
check "the targets build" make -s --no-print-directory -C "$here/fuzz/user" || { tap_done; exit; }
for name in $(make -s --no-print-directory -C "$here/fuzz/user" list); do
	dict=()
	[ ! -f "$here/fuzz/user/$name.dict" ] || dict=("-dict=$here/fuzz/user/$name.dict")
	# A symbolizer would outlive the target for a moment; only a report needs one.
	check "$name: $(runs_of "$name") runs without a report" "$built/fuzz_$name" -max_len=256 \
		-seed="${SEED:-1}" -runs="$(runs_of "$name")" -verbosity=0 -print_funcs=0 \
		-artifact_prefix="$DSR_LOGS/$name-" "${dict[@]}"
done
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make lint`: every linter on every file. checkpatch --strict, kernel-doc, sparse, the kernel's
# semantic patches, shellcheck, pylint, mandoc, groff, yamllint, licences; that rooms include only
# what they may, that symbols have our prefix, that generated files are what the spec gives. Each
# linter must first find a planted fault. What no linter may say is not scattered over the files: it
# is in selftests/lint/checkpatch.conf, pylintrc, yamllint.yaml, and .shellcheckrc, with the reason.
#   TESTS="style.sh"   only these of selftests/lint/ (and rooms.sh, spec.sh, docs.sh)
#   KERNELS="6.12"     sparse only on the build for these (default: 6.1 and 6.12)
# Needs no guest. Ends with "N passed, N failed, N skipped".
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/vm/lib.sh"
cd "$top" || exit 1

kernels=${KERNELS:-6.1 6.12}
DSR_LOGS=$(new_folder "$top/out/lint" run)
export DSR_LOGS DSR_KO=$top/out/build/${kernels##* }/dsr_mod/dsr.ko DSRCTL=$top/tools/dsrctl/dsrctl
settings

"$here/vm/deps.sh" lint || conclude "$DSR_LOGS" 0 1 0
# shellcheck disable=SC2086 # a list
"$here/vm/kernels.sh" fetch $kernels 6.12 source || conclude "$DSR_LOGS" 0 1 0

# The builds come first: what looks at the module looks at what they have made.
read -ra tests <<<"${TESTS:-semantics.sh style.sh scripts.sh texts.sh rooms.sh spec.sh}"
for i in "${!tests[@]}"; do
	[ ! -x "$here/lint/${tests[i]}" ] || tests[i]=$here/lint/${tests[i]}
done
"$here/run_tests.sh" "${tests[@]}" </dev/null
read -r passed failed skipped < <(awk '{ ok += $3; bad += $4; skip += $5 } END { print ok + 0, bad + 0, skip + 0 }' \
	"$DSR_LOGS/results")
conclude "$DSR_LOGS" "$passed" "$failed" "$skipped"

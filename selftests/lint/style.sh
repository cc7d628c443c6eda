#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# checkpatch --strict on all C there is, less what checkpatch.conf says is wrong for us, and
# kernel-doc -Wall on the module.
# Timeout: 400

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need perl
kernel=$(kernel_source) || skip "no checkpatch of linux-source-6.12 (selftests/vm/kernels.sh fetch source)"

# excused CONF: takes from the findings what a line "GLOB TYPE reason" of CONF excuses. A line that
# excuses nothing is a finding itself.
excused() {
	local conf=$1 glob type line i globs=() types=() used=()

	while read -r glob type _; do
		[[ $glob == [!#]* ]] || continue
		globs+=("$glob") types+=("$type")
	done <"$conf"
	while IFS= read -r line; do
		[[ $line =~ ^([^:]+):[0-9]+:\ [A-Z]+:([A-Z0-9_]+): ]] || { echo "$line"; continue; }
		for i in "${!globs[@]}"; do
			# shellcheck disable=SC2053 # a glob it is
			if [ "${BASH_REMATCH[2]}" = "${types[i]}" ] && [[ ${BASH_REMATCH[1]} == ${globs[i]} ]]; then
				used[i]=yes
				continue 2
			fi
		done
		echo "$line"
	done
	for i in "${!globs[@]}"; do
		[ "${used[i]:-}" ] || echo "${conf##*/}: ${globs[i]} has no ${types[i]} any more"
	done
}

# checkpatch CONF FILE...
checkpatch() {
	perl "$kernel/scripts/checkpatch.pl" --no-tree --strict --terse --show-types --no-summary \
		-f "${@:2}" 2>&1 | excused "$1"
	# What it remembers of a kernel's headers, wherever it runs.
	rm -f .checkpatch-camelcase.*
}

kernel_doc() { perl "$kernel/scripts/kernel-doc" -none -Wall "$@" 2>&1; }

plant dsr_mod/bad.c <<'END'
// SPDX-License-Identifier: GPL-2.0
int dsr_bad (int a)
{
	return a;
}
END
plant dsr_mod/bad.h <<'END'
/* SPDX-License-Identifier: GPL-2.0 */
/**
 * dsr_bad() - one argument is told of
 * @a: this one
 */
int dsr_bad(int a, int b);
END
plant none.conf </dev/null
plant all.conf <<<'dsr_mod/* SPACING we like it'
plant stale.conf <<<'dsr_mod/*.h SPACING we like it'

caught "checkpatch sees a fault" "dsr_mod/bad.c:2: WARNING:SPACING" checkpatch none.conf dsr_mod/bad.c
check_eq "one that is excused it leaves" "$(cd "$planted" && checkpatch all.conf dsr_mod/bad.c)" ""
caught "an excuse for nothing is seen" "stale.conf: dsr_mod/*.h has no SPACING any more" \
	checkpatch stale.conf dsr_mod/bad.c
caught "kernel-doc sees a fault" "'b' not described in 'dsr_bad'" kernel_doc dsr_mod/bad.h

lint_files sources '*.[ch]'
lint_files module 'dsr_mod/*.[ch]'
clean "checkpatch --strict: ${#sources[@]} files" checkpatch "$lint/checkpatch.conf" "${sources[@]}"
clean "kernel-doc -Wall: ${#module[@]} files" kernel_doc "${module[@]}"
tap_done

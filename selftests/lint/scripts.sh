#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every shell script by shellcheck and .shellcheckrc, all Python by pylint and pylintrc. And no verdict
# is that of a pipe into grep -q: it ends at the first match, who still writes to it dies of that, and
# under pipefail what was found is not there.
# Timeout: 400

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need shellcheck pylint

# shell_scripts VARIABLE: what says in its first line that it is one. A completion is by its place.
shell_scripts() {
	local -n shell_list=$1
	local all file first

	shell_list=()
	lint_files all .
	for file in "${all[@]}"; do
		read -r first <"$top/$file" 2>/dev/null || continue
		case "$file $first" in
		tools/dsrctl/completion/* | *' #!'*sh | *'# shellcheck shell='*) shell_list+=("$file") ;;
		esac
	done
}

shell() { printf '%s\0' "$@" | xargs -0 -n 8 -P "$(nproc)" shellcheck -x -s bash -f gcc 2>&1; }

quitters() { grep -nE '(^|[^|])\| *grep -[a-zA-Z]*q' "$@" || [ $? -eq 1 ]; }

python() { pylint --rcfile "$lint/pylintrc" -j "$(nproc)" "$@" 2>&1; }

# shellcheck disable=SC2016 # as it is
plant bad.sh <<<$'#!/bin/bash\nrm $1'
cp "$top/.shellcheckrc" "$planted/"
plant bad.py <<<$'# SPDX-License-Identifier: GPL-2.0\n"""A fault."""\nimport os\n'
plant worse.py <<<$'# SPDX-License-Identifier: GPL-2.0\n"""A fault."""\nprint(nothing_of_that_name)\n'

caught "shellcheck sees a fault" "bad.sh:2:4: note: Double quote to prevent globbing" shell bad.sh
plant quits.sh < <(printf '! seq 100000 | %s -xq 1\n' grep)
caught "a pipe into grep -q is seen" "! seq" quitters quits.sh
caught "pylint sees a fault" "bad.py:3:0: W0611: Unused import os (unused-import)" python bad.py worse.py
caught "and an error" "worse.py:3:6: E0602: Undefined variable" python bad.py worse.py

shell_scripts scripts
lint_files programs '*.py'
clean "shellcheck: ${#scripts[@]} files" shell "${scripts[@]}"
clean "pipes into grep -q: ${#scripts[@]} files" quitters "${scripts[@]}"
clean "pylint: ${#programs[@]} files" python "${programs[@]}"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is no program: the manual page by mandoc and groff, YAML by yamllint and yamllint.yaml, and the
# licence that every file names.
# Timeout: 400

# shellcheck source=selftests/lint/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
need mandoc groff yamllint

# The style messages of mandoc are about BSD's own pages.
manual() {
	mandoc -T lint -W warning "$@" 2>&1
	groff -mandoc -Tutf8 -ww -z "$@" 2>&1
}

yaml() { yamllint -s -f parsable -c "$lint/yamllint.yaml" "$@" 2>&1; }

# licence FILE...: those that name none, or another, in their first lines.
licence() {
	local file

	for file; do
		case $file in
		# The licence itself; texts that are read as they are; a format without comments.
		COPYING | README | */README | Documentation/ABI/*) continue ;;
		esac
		head -n 3 "$file" | grep -E 'SPDX-License-Identifier: \(*GPL-2\.0( |$)' >/dev/null ||
			echo "$file: no SPDX-License-Identifier: GPL-2.0"
	done
}

plant mandoc.8 <<<$'.Dd $Mdocdate$\n.Dt X 8\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Bl -tag\n.It Fl f\n.El\n.Zz'
plant groff.8 <<<$'.TH X 8 2026-01-01\n.SH NAME\nx \\- y\n.PP\n\\n[nothing]\n'
plant bad.yaml <<<$'a: 1\na: 2\n'
plant none.c <<<'int a;'
plant other.sh <<<$'#!/bin/sh\n# SPDX-License-Identifier: MIT'

caught "mandoc sees a fault" "mandoc.8:10:2: ERROR: skipping unknown macro: .Zz" manual mandoc.8
caught "groff sees a fault" "groff.8:5: warning: number register 'nothing' not defined" manual groff.8
caught "yamllint sees a fault" 'bad.yaml:2:1: [error] duplication of key "a" in mapping' yaml bad.yaml
caught "a file without a licence is seen" "none.c: no SPDX" licence none.c
caught "and one with another" "other.sh: no SPDX" licence other.sh

lint_files pages '*.[1-9]'
lint_files yamls '*.yaml' '*.yml'
lint_files all .
clean "manual pages: ${pages[*]}" manual "${pages[@]}"
clean "YAML: ${#yamls[@]} files" yaml "${yamls[@]}"
clean "licences: ${#all[@]} files" licence "${all[@]}"
tap_done

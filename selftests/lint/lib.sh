# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the linters share. A linter is a function that prints what is wrong with the files it is
# given, one finding a line, and runs in the folder of the tree. Each is run twice: on files with
# planted faults, which it must name, and on the tree, which must have none.
#
#	plant dsr_mod/bad.c <<<'a fault'	# into a tree of its own
#	caught "it sees a fault" "bad.c:1: what it says" LINTER dsr_mod/bad.c
#	clean "the tree has none" LINTER "${files[@]}"

# shellcheck source=selftests/lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib.sh"
top=$(readlink -f "$selftests/..")
# shellcheck disable=SC2034 # for the linters
lint=$selftests/lint
planted=$tmp/planted
mkdir "$planted"
export LC_ALL=C.UTF-8
need git

# The kernel's own checkers.
kernel_source() { "$selftests/vm/kernels.sh" dir source; }

# lint_files VARIABLE PATTERN...: what git keeps, or would: not what a build has left.
lint_files() {
	local -n lint_list=$1
	local file

	lint_list=()
	shift
	while IFS= read -r file; do
		# One that is deleted, but not yet from the index.
		[ ! -f "$top/$file" ] || lint_list+=("$file")
	done < <(git -C "$top" ls-files -co --exclude-standard -- "$@")
	[ ${#lint_list[@]} -gt 0 ] || { tap_fail "there are files like $*"; exit 1; }
}

# plant FILE <TEXT
plant() {
	mkdir -p "$planted/$(dirname "$1")"
	cat >"$planted/$1"
}

# caught NAME TEXT LINTER [FILE]...
caught() {
	local name=$1 text=$2 said

	shift 2
	said=$(cd "$planted" && "$@" 2>&1)
	if [[ $said == *"$text"* ]]; then
		tap_ok "$name"
	else
		tap_fail "$name" "wanted: $text" "said:" "$said"
	fi
}

# clean NAME LINTER [FILE]...
# One that ends badly and says nothing has not looked at all of them.
clean() {
	local name=$1 said

	shift
	said=$(cd "$top" && "$@" 2>&1) || [ -n "$said" ] || said="it said nothing, and ended with status $?"
	check_eq "$name" "$said" ""
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the documents and the code speak of the same things: every reason, reach, state and
# parameter is described, none is described that is not there, and every dsrctl command that a
# document shows is one. Needs no module.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/lib.sh
. "$here/lib.sh"
top=$(readlink -f "$here/..")
guide=$top/Documentation/networking/dsr.rst
tuning=$top/Documentation/networking/dsr-tuning.rst
abi=$top/Documentation/ABI/testing
cd "$top" || exit

# entries ENUM: its words in the spec.
entries() {
	awk -v want="$1" '
		/^  -$/ || /^[a-z]/ { on = 0 }
		$1 == "name:" && /^    name:/ { on = ($2 == want) }
		on && /^        name:/ { print $2 }' Documentation/netlink/specs/dsr.yaml
}

# rows FROM TO: what stands first in a line, in double backquotes, between two lines of the guide.
# shellcheck disable=SC2016 # the backquotes are the guide's
rows() {
	awk -v from="$1" -v to="$2" '$0 == from { on = 1 } $0 == to { on = 0 } on' "$guide" |
		sed -n 's/^``\([a-z-]*\)`` .*/\1/p' | grep -vxE 'dev|reach|state' | sort
}

# A second line of a literal block that ends in a backslash belongs to the first.
commands() {
	cat README Documentation/networking/*.rst | sed -e ':a;/\\$/{N;s/\\\n */ /;ba}' |
		sed -n 's/^ \+\(dsrctl [^|>#]*\).*/\1/p' | grep -vE '\[ | \{ |\$|ADDR|NAME' | sort -u
}

# parses COMMAND: in a namespace of its own, for where the module happens to be there. What it
# exits with there does not matter, but that it is no wrong use.
parses() {
	local words

	read -ra words <<<"${1#dsrctl }"
	timeout 10 unshare "$alone" "$DSRCTL" "${words[@]}" </dev/null >/dev/null 2>&1
	[ $? -ne 2 ]
}

check_eq "the guide has every reason, and no other" \
	"$(rows 'By reason' 'By symptom')" "$(entries reason | sort)"
check_eq "sysfs-class-net-dsr has every reason, and no other" \
	"$(sed -n 's,^What:.*/dsr/\([a-z_]\+\)$,\1,p' "$abi/sysfs-class-net-dsr" |
		grep -vxE 'roles|arp_ignore|arp_announce' | sort)" "$(entries reason | tr - _ | sort)"
check_eq "the guide has every reach and state" \
	"$(rows Reals 'The backend')" "$({ entries reach; entries state; } | sort)"

params=$(sed -n 's/^module_param[a-z_]*(\([a-z_]*\),.*/\1/p' dsr_mod/ctl/param.c | sort)
check_eq "dsr-tuning.rst has every parameter, and no other" \
	"$(awk '/^Module parameters/ { on = 1 } /^Per device/ { on = 0 } on' "$tuning" |
		sed -n 's/^\([a-z_]*\) - INTEGER.*/\1/p' | sort)" "$params"
check_eq "sysfs-module-dsr has every parameter, and no other" \
	"$(sed -n 's,^What:.*/parameters/,,p' "$abi/sysfs-module-dsr" | sort)" "$params"

# Who is not root may have a namespace with one of users around it.
alone=-n
unshare $alone true 2>/dev/null || alone=-rn
if [ ! -x "$DSRCTL" ] || ! unshare "$alone" true 2>/dev/null; then
	tap_skip "every command in the documents is one" "needs dsrctl, and to make a network namespace"
else
	wrong='' n=0
	while read -r command; do
		n=$((n + 1))
		parses "$command" || wrong+="$command"$'\n'
	done < <(commands)
	check_eq "every command in the documents is one" "$wrong" ""
	comment "$n commands"
	check_fails "a command that is none is seen" parses "dsrctl role add dev eth0 conductor"
fi

if ! python3 -c 'import docutils' 2>/dev/null; then
	tap_skip "the documents are well-formed" "needs python3-docutils"
else
	while read -r file; do
		check "well-formed: $file" python3 - "$file" <<-'END'
			import docutils.core, sys
			docutils.core.publish_string(open(sys.argv[1]).read(), source_path=sys.argv[1],
			    writer_name="null", settings_overrides={"report_level": 2, "halt_level": 2})
		END
	done < <(find Documentation -name '*.rst' | sort)
fi
tap_done

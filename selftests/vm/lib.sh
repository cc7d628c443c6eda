# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the VM scripts and those that run tests share: words to the user, how a run begins and ends,
# the initramfs, the live view, the log's verdict.

# shellcheck disable=SC2034 # for those who source this
top=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
# shellcheck disable=SC2034 # the same
cache=${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}

note() { echo "# vm: $*"; }
die() { echo "vm: $*" >&2; exit 2; }

# Debian's own programs first: what deps.sh installs for Python is for Debian's Python. The words we
# look for in logs are English ones.
settings() { export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH LC_ALL=C.UTF-8; }

# known_parts "WORD WORD..." PART...: each of them is a word, or that is said before anything is begun.
known_parts() {
	local part

	for part in "${@:2}"; do
		[[ " $1 " == *" $part "* ]] || die "no part '$part': $1"
	done
}

# positive KNOB...: each is not set, or a number from 1 on, or that is said before anything is begun.
positive() {
	local knob

	for knob; do
		[[ ${!knob:-1} =~ ^0*[1-9][0-9]{0,15}$ ]] || die "$knob=${!knob}: a number from 1 on"
	done
}

# conclude LOGS PASSED FAILED SKIPPED: the last words of a run, and its end.
conclude() {
	echo "full logs: $1"
	echo "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
	echo "$2 passed, $3 failed, $4 skipped"
	if [ -n "${CI:-}" ] && [ "$4" -gt 0 ]; then
		echo "# on CI nothing may be skipped: what is needed, deps.sh installs" >&2
		exit 1
	fi
	[ "$3" -eq 0 ] && [ "$2" -gt 0 ]
	exit
}

# What a healthy kernel never says. Kept in one place: the guest's tests and the host both read it.
trouble='WARNING: |BUG: |Call Trace|RIP: |Oops|Kernel panic|general protection fault|segfault at'
# The tracker of references says only the second before 6.3.
trouble+='|ref_tracker|leaked reference|unreferenced object|refcount_t|unregister_netdevice: waiting'
trouble+='|rcu.*(stall|self-detected)|soft lockup|hard LOCKUP|blocked for more than'
trouble+='|KASAN|KCSAN|UBSAN|kmemleak: [1-9]|suspicious RCU|possible circular|inconsistent lock state'
trouble+='|sleeping function called|scheduling while atomic|DEBUG_LOCKS|page allocation failure'
# What a hook that leaks a preemption count, sends without end or loses its headers makes the kernel say.
trouble+='|huh, entered softirq|exited with preempt_count|Dead loop on virtual device|is buggy, dev'
trouble+='|trap invalid opcode|list_(add|del) corruption'
# An instrument that has given up sees nothing any more.
trouble+='|kmemleak: .*disabled|ODEBUG: |ODEBUG disabled|lockdep is turned off|MAX_(LOCK|STACK)[A-Z_]* too low'

# new_folder PARENT NAME: an empty folder that sorts by time; PARENT/latest leads to it.
new_folder() {
	local dir

	mkdir -p "$1"
	dir=$(mktemp -d "$1/$(date +%m%d-%H%M%S)-$2.XXX")
	chmod 755 "$dir"
	ln -sfn "${dir##*/}" "$1/latest"
	echo "$dir"
}

# timeout_of TEST: seconds that it may take.
timeout_of() {
	local own least=${TEST_LIMIT:-0}

	own=$(sed -n '1,30s/^# Timeout: \([0-9]\+\)$/\1/p' "$1" | head -n 1)
	own=$((${own:-$(sed -n 's/^timeout=//p' "$top/selftests/settings")} * ${SLOW:-1}))
	echo $((own > least ? own : least))
}

# queue: wait until no guest of others runs on this machine; ours are alone until we have ended. Two
# guests of different runs on two CPUs only make each other's clocks jump.
queue() {
	[ "${WAIT:-}" != no ] || return 0
	mkdir -p "$cache"
	exec 8>"$cache/.qemu"
	flock -n 8 || { note "waiting for other guests on this machine to end"; flock 8; }
}

# test_module KERNEL SOURCES DIR: builds a module that is not the product, in DIR, from the Kbuild and the
# C files in SOURCES; shows what was said if it cannot.
test_module() {
	local KDIR

	eval "$("$top/selftests/vm/kernels.sh" env "$1" | grep '^KDIR=')"
	rm -rf "$3"
	mkdir -p "$3"
	cp "$2"/Kbuild "$2"/*.c "$3/"
	make -C "$KDIR" M="$3" modules >"$3/build.log" 2>&1 || { cat "$3/build.log"; return 1; }
}

# initramfs WORK INIT <CONF: makes WORK/initrd of busybox, the modules of KREL in KMODULES that
# reach the root, INIT, and CONF as /conf.
# Neither the archive nor the modules are compressed: an emulated CPU is slow at undoing it.
initramfs() {
	local dir name path names=()

	dir=$1/initramfs
	mkdir -p "$dir"/{bin,modules,proc,sys,dev,host,over,root}
	cp /bin/busybox "$dir/bin/"
	cp "$2" "$dir/init"
	while read -r path; do
		name=$(basename "$path")
		name=${name%.xz}
		[ ! -e "$dir/modules/$name" ] || continue
		names+=("$name")
		case $path in
		*.xz) xz -dc "$path" >"$dir/modules/$name" ;;
		*) cp "$path" "$dir/modules/" ;;
		esac
	done < <(for name in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
		modprobe -d "${KMODULES%/lib/modules/*}" -S "$KREL" --show-depends $name
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p')
	{ cat; echo "MODULES='${names[*]}'"; } >"$dir/conf"
	(cd "$dir" && find . | cpio --quiet -o -H newc) >"$1/initrd"
}

# show FIFO OUT PID RAW LIMIT: what the guest says, line by line as it comes, and a word about
# what is being waited for when it is silent. Ends when QEMU does.
show() {
	local fifo=$1 out=$2 pid=$3 raw=$4 limit=$5 line part='' last='the kernel to boot' quiet=0

	# QEMU opens the pipe when it starts; if it cannot start, nobody does.
	exec 7<>"$fifo"
	while :; do
		if IFS= read -r -t 1 line <&7; then
			line=${part}${line%$'\r'}
			part='' quiet=0
			printf '%s\n' "$line" >>"$out/stream.log"
			case $line in '# running '*) last=${line#\# running } ;; esac
			if [ -n "$raw" ]; then
				printf '%s\n' "$line"
			else
				printf '[%4ds] %s\n' "$SECONDS" "$line"
			fi
			continue
		fi
		part+=$line
		kill -0 "$pid" 2>/dev/null || break
		[ "$last" != 'the kernel to boot' ] || [ ! -s "$out/result" ] || last='the command'
		quiet=$((quiet + 1))
		[ $((quiet % 30)) -ne 0 ] || printf '[%4ds] # waiting for %s (limit %ds)\n' "$SECONDS" "$last" "$limit"
	done
	[ -z "$part" ] || printf '%s\n' "$part" | tee -a "$out/stream.log"
	exec 7<&-
}

# What begins another report, also in the midst of one: two CPUs may speak at once.
another='BUG:|WARNING:|INFO:|UBSAN:|KASAN|Oops|kmemleak: |ref_tracker: |leaked reference|unregister_netdevice: '
another+='|refcount_t|detected stall|blocked for more|segfault at|general protection|DEBUG_LOCKS|ODEBUG'
another+='|lockdep is turned off|entered softirq|exited with preempt_count|Dead loop on|is buggy, dev'
another+='|trap invalid opcode|list_(add|del) corruption|hard LOCKUP|Kernel panic'

# The kernel itself has races that it can live with. On a kernel that looks for them (KCSAN) a report
# counts if one of the two accesses is by dsr, or close below it.
# own_races: the log from stdin to stdout without the reports about others.
own_races() {
	awk -v another="$another" '
		# Of the one before the last line may have got lost.
		/BUG: KCSAN/ && race && own { printf "%s", said }
		/BUG: KCSAN/ { race = 1; said = ""; own = 0; depth = 9 }
		!race { print; next }
		{ said = said $0 "\n" }
		/ bytes by (task|interrupt)/ { depth = 0; next }
		++depth <= 3 && /\[(dsr|planted)\]/ { own = 1 }
		$0 ~ another && !/KCSAN/ { own = 1 }
		/=====/ { if (own) printf "%s", said; race = 0 }
		END { if (race) printf "%s", said }'
}

# unasked: the log from stdin to stdout without the kernel's words on allocations that a test has made
# fail, between the lines by which it says that it does (selftests/faults.py). The stack that follows
# goes with them, but never a report of something else.
unasked() {
	awk -v another="$another" '
		/selftest: faults begin/ { asked = 1 }
		/selftest: faults end/ || /selftest [a-z_]+\.sh / { asked = near = skip = 0 }
		asked && /vmalloc error: |percpu: allocation failed|page allocation failure: |sysctl could not get directory: / {
			near = 4
			next
		}
		$0 ~ another { near = skip = 0 }
		near > 0 { near--; if (/CPU: [0-9]+ (UID: [0-9]+ )?PID:/) { near = 0; skip = 200 } }
		skip > 0 { skip = /<\/TASK>/ ? 0 : skip - 1; next }
		{ print }'
}

# scan_log FILE...: fails, and shows the places, if the kernel said something it should not.
scan_log() {
	local f found=0 said

	for f; do
		[ -s "$f" ] || continue
		# To its end: where a reader stops early, who writes to it dies, and the log would pass.
		said=$(own_races <"$f" | unasked | { grep -aE -A 12 "$trouble" || [ $? -eq 1 ]; } | sed -n '1,80p') ||
			said="$f cannot be read"
		[ -n "$said" ] || continue
		found=1
		note "FAILED: trouble in $f:"
		printf '%s\n' "$said" | sed 's/^/#   /'
	done
	return $found
}

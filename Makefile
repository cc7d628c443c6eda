# SPDX-License-Identifier: GPL-2.0
#
# The user's door: `make help` lists it. The module itself is built by the kernel's own build
# system from Kbuild and dsr_mod/Kbuild.

KDIR   ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=

# Handed on as they are, so that `make check KERNELS=6.12` and `KERNELS=6.12 make check` are one.
export TESTS KERNELS DEPS DSR_CACHE SMP MEM LIMIT APPEND GUESTS REQUESTS CYCLES SLOW PLANTS SERIES
export FAULTS STRIDE FORMER COVERAGE FUZZ_TIME FUZZ_MESSAGES FUZZ_FRAMES FUZZ_RUNS SEED

.PHONY: all modules tools install modules_install clean check check-bed check-debug check-gate coverage lint demo bench bench-native unit fuzz deps help

## all: the module for KDIR, and dsrctl (default)
all: tools
	@if [ -e "$(KDIR)/Makefile" ]; then $(MAKE) --no-print-directory modules; else \
	  echo "There are no kernel headers in $(KDIR), so dsr.ko is not built."; \
	  echo "Install them (Debian: apt-get install linux-headers-$$(uname -r)) or name others: make KDIR=..."; \
	  echo "'make demo' and 'make check' need neither: they get Debian's kernels on their own."; fi

## modules: dsr_mod/dsr.ko for the kernel whose headers are in KDIR
modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

## tools: tools/dsrctl/dsrctl
tools:
	$(MAKE) -C tools/dsrctl

## install: dsrctl, its manual page and bash completion under DESTDIR and PREFIX
install:
	$(MAKE) -C tools/dsrctl install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

## modules_install: the module into the modules tree of that kernel, under INSTALL_MOD_PATH
modules_install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

## clean: what was built; logs and builds of the tests in out/ too
clean:
	@[ ! -e "$(KDIR)/Makefile" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C tools/dsrctl clean
	$(MAKE) -C selftests clean
	rm -rf out

## check: the tests, on Debian's 6.1 and 6.12 in a virtual machine; TESTS= and KERNELS= choose
check:
	@selftests/check.sh

## check-bed: that the test bed itself tells a failure, a crash and a hang from a pass
check-bed:
	@selftests/check_bed.sh

## check-debug: these and two more, on kernels that tell of bugs: KASAN, lockdep, kmemleak, KCSAN
check-debug:
	@selftests/check_debug.sh

## check-gate: that check-debug fails for every kind of bug, planted one by one
check-gate:
	@selftests/check_gate.sh

## coverage: check-debug on debug-6.1, counting which lines of dsr.ko run
coverage:
	@COVERAGE=1 selftests/check_debug.sh

## lint: every linter on every file, each shown to be able to fail
lint:
	@selftests/lint.sh

## demo: real HTTP traffic through a balancer, shown and counted, in a guest of KERNEL (6.12)
demo:
	@selftests/vm/demo.sh

## bench: instructions per packet, of us and everything like us, in one table; PARTS= chooses
bench:
	@selftests/bench/bench.sh $(PARTS)

## bench-native: time per packet at this machine's own speed, and what more flows do to it
bench-native:
	@selftests/bench/native.sh $(PARTS)

## unit: the pure rooms in user space under address and undefined-behaviour sanitizers
unit:
	@$(MAKE) --no-print-directory -C selftests unit

## fuzz: messages, frames and words at random, FUZZ_TIME seconds for each part; PARTS= chooses
fuzz:
	@selftests/fuzz/fuzz.sh $(PARTS)

## deps: install what Debian 12 lacks for check, demo and fuzz (others do for themselves)
deps:
	@selftests/vm/deps.sh

## help: this
help:
	@echo "Targets:"
	@sed -n 's/^## \([a-z_-]*\): \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "  %-17s %s\n", $$1, $$2 }'
	@echo
	@echo "Variables:"
	@echo "  KDIR=DIR           headers of the kernel to build for ($(KDIR))"
	@echo "  PREFIX= DESTDIR=   where install puts things ($(PREFIX))"
	@echo "  KERNELS=\"6.1 6.12\" which kernels check and bench boot; the demo one of them"
	@echo "  CYCLES=N           how often tests repeat what they repeat"
	@echo "  SLOW=N             waits and time limits of tests are N times longer"
	@echo "  COVERAGE=1         check-debug counts which lines run"
	@echo "  GUESTS=N           how many guests of a kernel share the tests (check-debug: 2)"
	@echo "  PLANTS= SERIES=    check-gate: which bugs it plants, and on whose debug kernels (6.1)"
	@echo "  TESTS=\"A.sh B.sh\"  which tests check runs; with it, nothing else is checked"
	@echo "  FAULTS=a,b STRIDE=N FORMER=1  fail_nth.sh: only these cases, only each Nth allocation, all of a"
	@echo "                     namespace's"
	@echo "  FUZZ_TIME=SECONDS  how long each part of fuzz runs (60); SEED=N: what it draws from"
	@echo "  FUZZ_MESSAGES= FUZZ_FRAMES= FUZZ_RUNS=  so many instead"
	@echo "  PARTS=\"A B\"        bench: memory pass main many peers virtio control clients, or layout;"
	@echo "                     bench-native: paths flows services reals; fuzz: netlink frames user"
	@echo "  ONLY=REGEX CLIENTS_TIME=SECONDS  bench: only these paths; how long clients run (3)"
	@echo "  WAIT=no            do not wait for guests of others on this machine to end"
	@echo "  DEPS=no            install no packages"
	@echo "  DSR_CACHE=DIR      where Debian's kernels are kept (~/.cache/dsr)"
	@echo "  SMP= MEM= LIMIT= APPEND=   the virtual machine: selftests/vm/README"
	@echo "  REQUESTS=N         how many requests the demo makes (10000)"
	@echo
	@echo "On two CPUs without KVM, after the first time, which downloads and builds kernels: demo 2 minutes,"
	@echo "lint 3, check 15, check-gate 20, bench 20, bench-native 20, check-debug 60."

# SPDX-License-Identifier: GPL-2.0
#
# Top of the build. Everything that is made goes to build/ and demo-out/;
# kernels to build for and to boot go to a cache in the home directory.

top := $(CURDIR)
vm := $(top)/selftests/vm
build := $(top)/build

KERNEL ?= $(if $(wildcard /lib/modules/$(shell uname -r)/build/Makefile),host,6.1)
# Tests never run on the running kernel.
vm_kernel := $(if $(filter command environment,$(firstword $(origin KERNEL))),$(KERNEL),6.1)
PREFIX ?= /usr
DESTDIR ?=

# Passed on to the kernel's build: more warnings, and sparse.
kbuild_flags := $(if $(W),W=$(W)) $(if $(C),C=$(C))

# make takes a space for the end of a name, sed and the kernel's build an "&" for
# something, QEMU a comma, and lists of directories a colon.
odd := $(shell pwd -P | LC_ALL=C tr -c 'A-Za-z0-9/._+@~\n-' '?')
ifneq ($(findstring ?,$(odd)),)
$(error the path of the source tree has characters other than letters, digits and /._+@~-, which are not passed on safely: move it ($(odd)))
endif

.DEFAULT_GOAL := all

## what to build

.PHONY: all modules tool tests
all: modules tool	## the modules (for this kernel, or 6.1) and the tool

modules:		## the modules for KERNEL=6.1|6.12|7.3|host; W=1 C=2 check more
	@$(vm)/modules.sh $(KERNEL) $(kbuild_flags)

tool:			## the program gpuvirt
	@mkdir -p $(build)/tools
	@$(MAKE) --no-print-directory -C tools O=$(build)/tools

tests:			## the test programs that are written in C
	@$(MAKE) --no-print-directory -C selftests O=$(build)

## to see it work

.PHONY: deps demo vm
deps:			## install the Debian packages that are needed
	@$(vm)/deps.sh

demo: deps		## two virtual machines on two vGPUs; pictures in demo-out/
	@$(top)/selftests/demo/demo.sh

vm: deps		## a shell in a guest of KERNEL, with everything loaded
	@$(vm)/shell.sh $(vm_kernel)

## to check it

.PHONY: check check-all check-kernels compat check-debug check-harness \
	check-model check-mutants fuzz gen gen-check lint lint-all bench drills soak
check: deps		## all checks and tests on KERNEL (default 6.1)
	@$(top)/selftests/ci/check.sh $(vm_kernel)

# What has passed on this very tree is not run again.
resume := GV_RESUME=$(if $(ANEW),anew,yes)

check-all: deps		## with the long tests; goes on if cut off, ANEW=1 starts over
	@$(vm)/deps.sh packages.lint
	@GV_LONG=yes $(resume) $(top)/selftests/ci/check.sh $(vm_kernel)

check-kernels: deps	## make check and DKMS on every kernel series; ANEW=1 as well
	@$(resume) $(top)/selftests/ci/check.sh all

compat:			## write Documentation/compat.rst from what tests were run
	@/usr/bin/python3 $(top)/selftests/ci/compat.py write

check-debug: deps	## make check on kernels that are built to find mistakes
	@$(vm)/deps.sh packages.debug
	@$(resume) $(top)/selftests/ci/check.sh debug

check-harness: deps	## does the test host see failures?
	@$(vm)/check.sh -k $(vm_kernel)

check-model: deps	## compare the logic with models of it; CASES=n SEED=n
	@SEED=$(SEED) $(top)/selftests/ci/model.sh $(CASES)

check-mutants: deps	## does each guard guard? take it out, and see a test fail
	@$(top)/selftests/ci/mutants.sh -k $(vm_kernel)

fuzz:			## libFuzzer on parsers and input checks; SECONDS=n each
	@$(vm)/deps.sh packages.lint
	@$(top)/selftests/ci/fuzz.sh $(SECONDS)

gen: deps		## generate the netlink header and policies from the spec
	@$(top)/selftests/ci/gen.sh write

gen-check: deps		## are the generated files those of the spec?
	@$(top)/selftests/ci/gen.sh check

lint:			## static checks, see Documentation/testing.rst
	@$(vm)/deps.sh packages.lint
	@$(top)/selftests/ci/lint.sh

lint-all:		## and those that take longer
	@$(vm)/deps.sh packages.lint
	@$(top)/selftests/ci/lint.sh all

drills: deps		## what fails when harm is done many times; KERNEL="6.1 6.12"
	@$(top)/selftests/ci/drills.sh run $(vm_kernel)

soak: deps		## the same with new seeds, HOURS=n ONLY=name; goes on where it was
	@$(vm)/deps.sh packages.lint
	@ONLY="$(ONLY)" $(top)/selftests/ci/drills.sh soak $(or $(HOURS),1) $(vm_kernel)

bench: deps		## measure, in a guest of KERNEL
	@$(vm)/bench.sh $(vm_kernel)

## to use it on this machine

.PHONY: install uninstall
install: tool		## install the tool, its manual and completion
	@$(MAKE) --no-print-directory -C tools O=$(build)/tools \
		DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install

uninstall:		## remove what install has put there
	@$(MAKE) --no-print-directory -C tools O=$(build)/tools \
		DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) uninstall

-include dkms.mk

.PHONY: clean clean-cache help
clean:			## remove what was built
	rm -rf $(build) $(top)/demo-out

clean-cache:		## remove the fetched kernels
	@$(vm)/kernel.sh clean

help:			## this list
	@awk -f $(top)/selftests/lib/help.awk $(MAKEFILE_LIST)

# swd: build, check, lint, bench, install. `make` alone works in a fresh checkout.
#
#   make                      build/swd and build/swctl (one program, two names)
#   make check [ONLY=pool] [EXCLUDE=lint/]    every suite; those whose name holds a word of ONLY,
#                             and none of EXCLUDE
#   make SAN=address,undefined check    the same, in build/san-address-undefined
#   make npm-check                    npm packages under swd exec and Node, where npm reaches them
#   make conformance [TEST262=DIR]    test262 through swd exec, by edition
#   make fuzz                         libFuzzer targets (clang)
#   make lint | bench [ONLY=prefix] | demo | dist
#   make install [DESTDIR=] [PREFIX=/usr/local] | uninstall
#   V=1 shows the commands, WERROR=1 refuses warnings, DEBUG=1 adds the expensive assertions.
#
# A folder of swd/ adds what it generates in its own rules.mk, which may extend OBJ (objects of
# libswd.a), GEN (files that must exist before anything compiles) and CPPFLAGS_ALL, and writes
# beneath $(B). Everything below a build folder can be deleted at any time.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
comma := ,
Q := $(if $(V),,@)

# ---- Configuration ------------------------------------------------------------------------------

SAN ?=
B ?= $(if $(SAN),build/san-$(subst $(comma),-,$(SAN)),build$(if $(DEBUG),/debug))

UNCONFIGURED := clean distclean dist uninstall
ifneq ($(if $(MAKECMDGOALS),$(filter-out $(UNCONFIGURED),$(MAKECMDGOALS)),all),)
include config.mk
endif

configure: configure.ac
	@command -v autoconf >/dev/null || { echo "autoconf is missing: run ./bootstrap," \
	    "or apt-get install autoconf" >&2; exit 1; }
	$(Q)autoconf

config.mk: configure config.mk.in config.h.in
	$(Q)if test -f config.status; then ./config.status -q --recheck >&2 && ./config.status -q >&2; \
	    else ./configure -q >&2; fi && touch $@

PREFIX ?= $(if $(CONFIG_PREFIX),$(CONFIG_PREFIX),/usr/local)
sysconfdir ?= /etc
bindir ?= $(PREFIX)/bin
mandir ?= $(PREFIX)/share/man
unitdir ?= $(PREFIX)/lib/systemd/system
sysusersdir ?= $(PREFIX)/lib/sysusers.d
tmpfilesdir ?= $(PREFIX)/lib/tmpfiles.d
docdir ?= $(PREFIX)/share/doc/swd

# ---- Flags --------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
    -Wwrite-strings -Wundef -Wformat=2 -Wno-string-concatenation
ifneq ($(SAN)$(DEBUG),)
OPT := -O1 -g -fno-omit-frame-pointer $(if $(SAN),-fsanitize=$(SAN))
# The sanitizers' own code hides from gcc what is set (its manual says so); the plain build looks for it.
WARN += $(if $(SAN),-Wno-unknown-warning-option -Wno-maybe-uninitialized)
DEFS := -DSWD_DEBUG=1 $(foreach s,$(subst $(comma), ,$(SAN)),-DSWD_SAN_$(s)=1)
HARD_LDFLAGS := $(if $(SAN),-fsanitize=$(SAN))
else
OPT := -O2 -g $(HARDENING)
DEFS := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
HARD_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack
endif

CPPFLAGS_ALL := -Iswd -I. -I$(B)/gen -I$(B)/duk -D_GNU_SOURCE $(DEFS) $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL := -std=gnu17 $(OPT) $(WARN) -pthread -fPIE $(CFLAGS)
LDFLAGS_ALL := -pie -pthread -Wl,--as-needed $(HARD_LDFLAGS) $(LDFLAGS)
LIBS := $(PKG_LIBS) $(NUMA_LIBS) $(DEFLATE_LIBS) $(BROTLI_LIBS) -lm -ldl
COMPILE = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

# ---- What is built ------------------------------------------------------------------------------

FOLDERS := base pool compress conf ts monitor loop engine lib runner control ctl daemon
SRC := $(sort $(foreach f,$(FOLDERS),$(wildcard swd/$(f)/*.c)))
OBJ := $(SRC:%.c=$(B)/obj/%.o)
LIB := $(B)/libswd.a
MAIN := $(wildcard swd/main.c)
TEST_SRC := $(sort $(wildcard t/*/t_*.c))
TEST_AID_SRC := $(filter-out $(TEST_SRC) t/fuzz/%,$(sort $(wildcard t/*/*.c)))
TEST_AID := $(if $(TEST_AID_SRC),$(B)/libtest.a)
BENCH_SRC := $(sort $(wildcard bench/b_*.c))
BENCH_AID := $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(BENCH_SRC),$(sort $(wildcard bench/*.c))))
ALL_SRC := $(SRC) $(MAIN) $(TEST_SRC) $(TEST_AID_SRC) $(BENCH_SRC) $(wildcard bench/*.c)

TESTS := $(TEST_SRC:t/%.c=$(B)/t/%)
BENCHES := $(BENCH_SRC:bench/%.c=$(B)/bench/%)
PROGRAMS := $(if $(MAIN),$(B)/swd $(B)/swctl)

# Put in front of libc by end-to-end tests; not in front of a sanitizer.
PRELOAD := $(if $(SAN),,$(patsubst t/e2e/preload/%.c,$(B)/t/e2e/%.so,\
    $(wildcard t/e2e/preload/*.c)))

# Suites that `make check ONLY=...` wants.
wanted = $(if $(ONLY),$(foreach t,$(1),$(if $(strip $(foreach w,$(ONLY),\
    $(findstring $(w),$(t:$(B)/t/%=%)))),$(t))),$(1))

GEN := $(B)/gen/version.h
-include $(wildcard swd/*/rules.mk)

.PHONY: all lib programs tests benches check conformance npm-check fuzz lint bench demo install uninstall dist clean distclean FORCE
all: $(LIB) $(PROGRAMS)
lib: $(LIB)
programs: $(PROGRAMS)
tests: $(call wanted,$(TESTS)) $(PRELOAD)
benches: $(BENCHES)
FORCE:

# Everything is compiled again when the flags change (WERROR aside; what a rules.mk sets for one
# object does not count).
FLAGS_NOW := $(subst ','\'',$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL))
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' >$@

# The version: a VERSION file (release tarball), else git's description of the checkout.
$(B)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@v=$$(cat VERSION 2>/dev/null || git describe --tags --always --dirty 2>/dev/null || \
	    echo unknown); echo "#define SWD_VERSION \"$$v\"" >$@.new
	@cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@

$(LIB): $(OBJ)
	@echo "  AR    $@"
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/libtest.a: $(TEST_AID_SRC:%.c=$(B)/obj/%.o)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/obj/%.o: %.c $(B)/flags | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE)

$(B)/obj/t/%.o: t/%.c $(B)/flags | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -It $(CHECK_CFLAGS)

$(B)/swd: $(B)/obj/swd/main.o $(LIB)
	@test ! -d $@ || rm -rf $@
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LIBS)

$(B)/swctl: $(B)/swd
	$(Q)ln -sf swd $@

$(TESTS): $(B)/t/%: $(B)/obj/t/%.o $(TEST_AID) $(LIB)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@test -n '$(CHECK_LIBS)' || { echo "the tests need Check: run ./bootstrap check, or" \
	    "apt-get install check, then rm config.mk" >&2; exit 1; }
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(TEST_AID) $(LIB) $(CHECK_LIBS) $(LIBS)

$(PRELOAD): $(B)/t/e2e/%.so: t/e2e/preload/%.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) -std=gnu17 -O1 -g -fPIC -shared $(WARN) $(if $(WERROR),-Werror) -o $@ $<

$(BENCHES): $(B)/bench/%: $(B)/obj/bench/%.o $(BENCH_AID) $(LIB)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(BENCH_AID) $(LIB) $(LIBS)

.SECONDARY:
-include $(ALL_SRC:%.c=$(B)/obj/%.d)

# ---- Checks -------------------------------------------------------------------------------------

check: tests programs
	@t/run --build $(B) $(if $(SAN),--san $(SAN)) $(if $(ONLY),--only "$(ONLY)") \
	    $(if $(EXCLUDE),--exclude "$(EXCLUDE)") $(if $(AGAIN),--again)

# TEST262=DIR: a checkout of test262; AREA="language built-ins/Map", SAMPLE=1000, FLAGS=--failures.
conformance: programs
	@t/conformance/run --swd $(B)/swd $(if $(TEST262),--test262 "$(TEST262)") \
	    $(if $(SAMPLE),--sample $(SAMPLE)) $(FLAGS) $(AREA)

# libFuzzer targets, with clang: build/fuzz/f_*, and a corpus for them to begin with. Run one:
#   build/fuzz/f_ts -max_total_time=1800 build/fuzz/corpus
#   build/fuzz/f_unzstd -max_total_time=1800 build/fuzz/corpus-unzstd
FUZZ_CC ?= clang
FUZZ_FOLDERS := base pool compress ts
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined -DSWD_DEBUG=1 \
    -DSWD_SAN_address=1 -D_GNU_SOURCE -Iswd -I. -It -I$(B)/gen $(PKG_CFLAGS) -std=gnu17 -pthread
FUZZ_SRC := $(sort $(wildcard t/fuzz/f_*.c))
FUZZ_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(sort $(foreach f,$(FUZZ_FOLDERS),\
    $(wildcard swd/$(f)/*.c))) t/ts/mutant.c t/compress/sample.c)
FUZZERS := $(FUZZ_SRC:t/fuzz/%.c=$(B)/fuzz/%)

fuzz: $(FUZZERS)
	@t/fuzz/corpus $(B)/fuzz/corpus

$(B)/fuzz/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(FUZZERS): $(B)/fuzz/%: $(B)/fuzz/obj/t/fuzz/%.o $(FUZZ_OBJ)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

-include $(wildcard $(B)/fuzz/obj/*/*/*.d)
npm-check: programs
	@t/npm/run $(B)/swd $(B)/npm $(CASE)

lint:
	@LINT_ALL=$(LINT_ALL) t/lint/lint

bench:
	@$(MAKE) benches programs >&2
	@bench/run --build $(B) $(ONLY)

demo: programs
	@examples/demo.sh $(B)

# ---- Installation -------------------------------------------------------------------------------

# Unit files say where things were installed.
$(B)/systemd/%: systemd/%.in Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's|@bindir@|$(bindir)|g' -e 's|@sysconfdir@|$(sysconfdir)|g' $< >$@

UNITS := $(B)/systemd/swd.service $(B)/systemd/swd.socket
COMPLETIONS := share/bash-completion/completions/swctl:bash share/zsh/site-functions/_swctl:zsh \
    share/fish/vendor_completions.d/swctl.fish:fish
MAN := $(wildcard doc/man/*.[158])
man_of = $(mandir)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))

install: programs $(UNITS)
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(sysconfdir) $(DESTDIR)$(unitdir) \
	    $(DESTDIR)$(sysusersdir) $(DESTDIR)$(tmpfilesdir) $(DESTDIR)$(docdir)
	install -m 0755 $(B)/swd $(DESTDIR)$(bindir)/swd
	ln -sf swd $(DESTDIR)$(bindir)/swctl
	$(foreach m,$(MAN),install -D -m 0644 $(m) $(DESTDIR)$(call man_of,$(m)) &&) :
	test -e $(DESTDIR)$(sysconfdir)/swd.conf || \
	    install -m 0644 etc/swd.conf $(DESTDIR)$(sysconfdir)/swd.conf
	install -m 0644 $(UNITS) $(DESTDIR)$(unitdir)
	install -m 0644 systemd/sysusers.d/swd.conf $(DESTDIR)$(sysusersdir)/swd.conf
	install -m 0644 systemd/tmpfiles.d/swd.conf $(DESTDIR)$(tmpfilesdir)/swd.conf
	install -m 0644 README etc/swd.conf $(DESTDIR)$(docdir)
	for c in $(COMPLETIONS); do \
	    f=$(DESTDIR)$(PREFIX)/$${c%%:*}; install -d "$${f%/*}" && \
	    $(B)/swctl completion "$${c##*:}" >"$$f" && chmod 0644 "$$f" || exit 1; done

# The configuration stays: it is the operator's.
uninstall:
	rm -f $(DESTDIR)$(bindir)/swd $(DESTDIR)$(bindir)/swctl
	rm -f $(foreach m,$(MAN),$(DESTDIR)$(call man_of,$(m)))
	rm -f $(foreach u,$(notdir $(UNITS)),$(DESTDIR)$(unitdir)/$(u))
	rm -f $(DESTDIR)$(sysusersdir)/swd.conf $(DESTDIR)$(tmpfilesdir)/swd.conf
	rm -f $(foreach c,$(COMPLETIONS),$(DESTDIR)$(PREFIX)/$(firstword $(subst :, ,$(c))))
	rm -rf $(DESTDIR)$(docdir)

# A release tarball builds without git and without autoconf.
dist: configure
	@v=$$(git describe --tags --always) && d=swd-$$v && t=$$(mktemp -d) && mkdir -p build && \
	git archive --prefix=$$d/ HEAD | tar -x -C $$t && echo $$v >$$t/$$d/VERSION && \
	cp configure $$t/$$d/ && tar -C $$t -czf build/$$d.tar.gz $$d && rm -rf $$t && \
	echo build/$$d.tar.gz

clean:
	rm -rf build

distclean: clean
	rm -rf config.mk config.h config.log config.status configure configure~ autom4te.cache

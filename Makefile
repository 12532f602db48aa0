# swd: build, check, lint, bench, install. `make` alone works in a fresh checkout.
# SAN=address,undefined or SAN=thread builds in a folder of its own.

comma := ,
SAN ?=
B := $(if $(SAN),build/san-$(subst $(comma),-,$(SAN)),build)

ifeq ($(filter clean distclean,$(MAKECMDGOALS)),)
-include config.mk
endif

CC ?= gcc
PKGS := libevent_core libevent_pthreads jansson zlib libzstd inih
PKG_CFLAGS ?= $(shell pkg-config --cflags $(PKGS))
PKG_LIBS ?= $(shell pkg-config --libs $(PKGS))
DUK_DIR ?= /usr/share/duktape

OPT := $(if $(SAN),-O1 -g -fno-omit-frame-pointer,-O2 -g)
CPPFLAGS_ALL := -Iswd -I$(B)/duk -D_GNU_SOURCE $(PKG_CFLAGS) $(CPPFLAGS)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
CFLAGS_ALL := -std=gnu17 $(OPT) $(WARN) $(if $(SAN),-fsanitize=$(SAN)) -pthread -fPIE $(CFLAGS)
LDFLAGS_ALL := -pie -pthread $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)
LIBS := $(PKG_LIBS) -lm -ldl

FOLDERS := base pool compress conf ts monitor loop engine lib runner control ctl
SRC := $(sort $(foreach f,$(FOLDERS),$(wildcard swd/$(f)/*.c)))
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libswd.a

.PHONY: all check clean
all: $(B)/swd

$(LIB): $(OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

TESTS := $(patsubst t/%.c,$(B)/t/%,$(wildcard t/*/t_*.c))
$(B)/t/%: $(B)/t/%.o $(LIB)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(shell pkg-config --libs check) $(LIBS)

clean:
	rm -rf build

-include $(OBJ:.o=.d)

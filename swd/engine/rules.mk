# Duktape, from the packaged source: generated, then compiled by way of duk_unit.c.
#
# Its sources keep their time stamps when a new generation is the same, and a stamp file tells make
# that it was done.

DUK_GEN := $(B)/duk/.done
GEN += $(DUK_GEN)

$(DUK_GEN): swd/engine/gen-duk.sh swd/engine/duk_override.h $(wildcard $(DUK_DIR)/duk*.[ch])
	@mkdir -p $(@D)
	@echo "  GEN   $(@D)/duktape.c"
	$(Q)swd/engine/gen-duk.sh $(DUK_DIR) $(@D) swd/engine/duk_override.h
	@touch $@

$(B)/duk/%.h $(B)/duk/%.c: $(DUK_GEN) ;

DUK_INIT := $(shell $(CC) -ftrivial-auto-var-init=zero -E -x c /dev/null >/dev/null 2>&1 && \
    echo -ftrivial-auto-var-init=zero || echo -ftrivial-auto-var-init=pattern)

# Their code, their warnings. Duktape reads its bytecode and its property tables in ways that UBSan
# reports (null plus zero, shifts into the sign bit); what is left on is what would be a bug.
# Locals start as zero: what is left in the padding of values would differ between the builds of an
# image, which would be refused.
$(B)/obj/swd/engine/duk_unit.o: CFLAGS_ALL += -w $(DUK_INIT) $(if $(findstring undefined,$(SAN)),\
    -fno-sanitize=alignment$(comma)shift$(comma)pointer-overflow$(comma)float-cast-overflow)

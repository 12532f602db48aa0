# The prelude: JavaScript files compiled into the binary as byte arrays, one .inc each.
PRELUDE_INC := $(patsubst swd/lib/prelude/%.js,$(B)/gen/prelude/%.inc,\
    $(wildcard swd/lib/prelude/*.js))
GEN += $(PRELUDE_INC)

$(B)/gen/prelude/%.inc: swd/lib/prelude/%.js
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)od -An -v -tu1 $< | sed 's/  *\([0-9][0-9]*\)/\1,/g' >$@

$(B)/obj/swd/lib/prelude.o: $(PRELUDE_INC)

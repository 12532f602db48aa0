# The runtime helpers: JavaScript files compiled into the binary as byte arrays, one .inc each.
TS_RT_INC := $(patsubst swd/ts/rt/%.js,$(B)/gen/ts_rt/%.inc,$(wildcard swd/ts/rt/*.js))
GEN += $(TS_RT_INC)

$(B)/gen/ts_rt/%.inc: swd/ts/rt/%.js
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)od -An -v -tu1 $< | sed 's/  *\([0-9][0-9]*\)/\1,/g' >$@

$(B)/obj/swd/ts/rt.o: $(TS_RT_INC)

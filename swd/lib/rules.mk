# The prelude: JavaScript files compiled into the binary as byte arrays, one .inc each.
PRELUDE_INC := $(patsubst swd/lib/prelude/%.js,$(B)/gen/prelude/%.inc,\
    $(wildcard swd/lib/prelude/*.js))
GEN += $(PRELUDE_INC)

$(B)/gen/prelude/%.inc: swd/lib/prelude/%.js
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)od -An -v -tu1 $< | sed 's/  *\([0-9][0-9]*\)/\1,/g' >$@

# One array for each line of prelude.def.
$(B)/gen/prelude_text.inc: swd/lib/prelude.def swd/lib/rules.mk
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)sed -n 's/^SWD_PRELUDE(\([a-z_]*\),.*/static const char prelude_\1[] = {\n#include "prelude\/\1.inc"\n};/p' \
	    $< >$@
GEN += $(B)/gen/prelude_text.inc

$(B)/obj/swd/lib/prelude.o: $(PRELUDE_INC) $(B)/gen/prelude_text.inc

# The names of the helpers of generated code, by the file that has them.
GEN += $(B)/gen/rt_names.inc

$(B)/gen/rt_names.inc: $(wildcard swd/ts/rt/*.js) swd/lib/rules.mk
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)for f in $(wildcard swd/ts/rt/*.js); do n=$${f##*/}; \
	    sed -n "s/.*R\.def('\(\$$\$$[A-Za-z0-9]*\)'.*/RT_HELPER($${n%.js}, \"\1\")/p" $$f; \
	done >$@

$(B)/obj/swd/lib/rt.o: $(B)/gen/rt_names.inc

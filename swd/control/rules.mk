# The page of charts, compiled into the binary as a byte array.
PAGE_INC := $(B)/gen/page.inc
GEN += $(PAGE_INC)

$(PAGE_INC): swd/control/page.html
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)od -An -v -tu1 $< | sed 's/  *\([0-9][0-9]*\)/\1,/g' >$@

$(B)/obj/swd/control/web.o: $(PAGE_INC)

/* JavaScript compiled into the binary (prelude.def names the files of prelude/).
 *
 * Each file is one ES5 expression in plain ASCII, compiled in a heap when something first needs
 * it. */
#include <string.h>

#include "engine/unit.h"
#include "lib/int.h"

#include "prelude_text.inc"

static const struct {
    const char *file, *text, *keep;
    size_t len;
} preludes[] = {
#define SWD_PRELUDE(name, keep) {"swd:" #name, prelude_##name, keep, sizeof(prelude_##name)},
#include "lib/prelude.def"
#undef SWD_PRELUDE
};

void swd_prelude_push(duk_context *ctx, enum swd_prelude which)
{
    swd_push_name(ctx, preludes[which].file);
    duk_compile_lstring_filename(ctx, DUK_COMPILE_EVAL, preludes[which].text, preludes[which].len);
    duk_call(ctx, 0);
    if (strcmp(preludes[which].keep, "*") != 0)
        swd_unit_trim(ctx, preludes[which].file, preludes[which].keep);
}

/* JavaScript compiled into the binary (prelude.def names the files of prelude/).
 *
 * Each file is one ES5 expression in plain ASCII, put into a heap when something first needs it
 * (engine/part.h). */
#include "engine/part.h"
#include "lib/int.h"

#include "prelude_text.inc"

static struct swd_part preludes[] = {
#define SWD_PRELUDE(name, keep) {"swd:" #name, prelude_##name, sizeof(prelude_##name), keep, NULL},
#include "lib/prelude.def"
#undef SWD_PRELUDE
};

void swd_prelude_push(duk_context *ctx, enum swd_prelude which)
{
    swd_part_push(ctx, &preludes[which]);
    duk_call(ctx, 0);
}

/* JavaScript compiled into the binary (prelude.def names the files of prelude/).
 *
 * Each file is one ES5 expression in plain ASCII, compiled in a heap when something first needs
 * it. */
#include <string.h>

#include "engine/unit.h"
#include "lib/int.h"

static const char prelude_core[] = {
#include "prelude/core.inc"
};
static const char prelude_module[] = {
#include "prelude/module.inc"
};

static const char prelude_table[] = {
#include "prelude/table.inc"
};
static const char prelude_process[] = {
#include "prelude/process.inc"
};
static const char prelude_promise[] = {
#include "prelude/promise.inc"
};
static const char prelude_host[] = {
#include "prelude/host.inc"
};
static const char prelude_errors[] = {
#include "prelude/errors.inc"
};
static const char prelude_es_array[] = {
#include "prelude/es_array.inc"
};
static const char prelude_es_misc[] = {
#include "prelude/es_misc.inc"
};
static const char prelude_es_reflect[] = {
#include "prelude/es_reflect.inc"
};
static const char prelude_es_typed[] = {
#include "prelude/es_typed.inc"
};
static const char prelude_web[] = {
#include "prelude/web.inc"
};
static const char prelude_clone[] = {
#include "prelude/clone.inc"
};
static const char prelude_zlib[] = {
#include "prelude/zlib.inc"
};

static const char prelude_streams[] = {
#include "prelude/streams.inc"
};

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

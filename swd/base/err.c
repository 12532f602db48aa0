/* Error codes and details: see err.h. Pure functions over one constant table. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
    int rpc;
} err_table[SWD_ERR_COUNT] = {
    {"ok", "no error", 0},
#define SWD_ERR(sym, name, rpc, text) {name, text, rpc},
#include "base/err.def"
#undef SWD_ERR
};

static int err_index(int code)
{
    int i = -code;
    return (i >= 0 && i < SWD_ERR_COUNT) ? i : SWD_ERR_INTERNAL_INDEX;
}

int swd_fail(struct swd_err *e, int code, const char *fmt, ...)
{
    if (e) {
        va_list ap;
        e->code = code;
        e->hint[0] = e->field[0] = '\0';
        va_start(ap, fmt);
        vsnprintf(e->msg, sizeof e->msg, fmt, ap);
        va_end(ap);
    }
    return code;
}

int swd_fail_hint(struct swd_err *e, const char *fmt, ...)
{
    va_list ap;
    if (!e)
        return SWD_EINTERNAL;
    va_start(ap, fmt);
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
    return e->code;
}

void swd_fail_field(struct swd_err *e, const char *field)
{
    if (e)
        snprintf(e->field, sizeof e->field, "%s", field);
}

const char *swd_err_name(int code)
{
    return err_table[err_index(code)].name;
}

const char *swd_err_text(int code)
{
    return err_table[err_index(code)].text;
}

int swd_err_rpc(int code)
{
    return err_table[err_index(code)].rpc;
}

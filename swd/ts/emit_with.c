/* Printing `with`, and names inside of it.
 *
 * The object is a variable of its own, bound by a catch clause, and each name that may be a
 * property of it asks first: `($1 = $$in("x", $w)) ? $1["x"] : x`. So a write goes to where its
 * name was found before the value was evaluated, and Symbol.unscopables counts. A direct eval
 * inside gets a real `with` as well, as its text is not known here. */
#include "ts/emit_stmt.h"
#include "ts/emit_expr.h"

/* Prints the objects between a name and its variable, innermost first; how many. With `quiet` only
 * counts. */
static u32 objects(struct swd_ts_compiler *c, u32 ident, bool quiet)
{
    u32 y = ND(ident)->b, home = y ? SY(y)->scope : 0, n = 0;
    for (u32 s = ND(ident)->c; s && s != home; s = SC(s)->parent) {
        if (SC(s)->kind != C_WITH || !SC(s)->env)
            continue;
        n++;
        if (quiet)
            continue;
        ts_puts(c, ", ");
        ts_put_name(c, SC(s)->env);
    }
    return n;
}

bool ts_in_with(struct swd_ts_compiler *c, u32 ident)
{
    return ND(ident)->kind == N_IDENT && ND(ident)->flags & F_WITH && objects(c, ident, true) > 0;
}

u32 ts_with_find(struct swd_ts_compiler *c, u32 ident)
{
    u32 t = ts_temp(c);
    ts_put_name(c, t);
    ts_puts(c, " = $$in(");
    ts_put_string(c, ND(ident)->a);
    objects(c, ident, false);
    ts_putc(c, ')');
    return t;
}

/* Strict code asks once more: what is gone by now is an error there. */
static void property(struct swd_ts_compiler *c, u32 ident, u32 found)
{
    bool strict = SC(ND(ident)->c)->flags & P_STRICT;
    ts_puts(c, strict ? "$$still(" : "");
    ts_put_name(c, found);
    if (strict) {
        ts_puts(c, ", ");
        ts_put_string(c, ND(ident)->a);
        ts_putc(c, ')');
    }
    ts_putc(c, '[');
    ts_put_string(c, ND(ident)->a);
    ts_putc(c, ']');
}

/* The name as it is where no object has it. */
static void plain(struct swd_ts_compiler *c, u32 ident, const char *before)
{
    ts_puts(c, before);
    ND(ident)->flags &= (uint16_t)~F_WITH;
    ts_ident(c, ident);
    ND(ident)->flags |= F_WITH;
}

void ts_with_read(struct swd_ts_compiler *c, u32 ident, u32 found, const char *before)
{
    ts_put_name(c, found);
    ts_puts(c, " ? ");
    ts_puts(c, before);
    property(c, ident, found);
    ts_puts(c, " : ");
    plain(c, ident, before);
}

void ts_with_ident(struct swd_ts_compiler *c, u32 ident, const char *before)
{
    ts_putc(c, '(');
    u32 found = ts_with_find(c, ident);
    ts_puts(c, ", ");
    ts_with_read(c, ident, found, before);
    ts_putc(c, ')');
}

void ts_with_write(struct swd_ts_compiler *c, u32 ident, u32 found, u32 value, bool init)
{
    struct ts_val v = {.k = V_NAME, .a = value};
    ts_put_name(c, found);
    ts_puts(c, " ? ");
    property(c, ident, found);
    ts_puts(c, " = ");
    ts_put_name(c, value);
    ts_puts(c, " : (");
    ND(ident)->flags &= (uint16_t)~F_WITH;
    ts_write_sym(c, ident, &v, init);
    ND(ident)->flags |= F_WITH;
    ts_putc(c, ')');
}

void ts_with_stmt(struct swd_ts_compiler *c, u32 s)
{
    u32 scope = ND(s)->c, t = ts_temp(c), w = ts_fresh(c, ts_intern(c, "$with", 5));
    SC(scope)->env = w;
    ts_puts(c, "{ ");
    ts_put_name(c, t);
    ts_puts(c, " = $$with(");
    ts_expr(c, ND(s)->a, L_ASSIGN);
    ts_puts(c, "); ");
    ts_open_value(c, "try { throw");
    ts_put_name(c, t);
    ts_close_value(c);
    ts_puts(c, " } catch (");
    ts_put_name(c, w);
    ts_puts(c, ") { ");
    if (SC(scope)->flags & P_EVAL) {
        ts_puts(c, "with (");
        ts_put_name(c, w);
        ts_puts(c, ") ");
    }
    ts_sub_stmt(c, ND(s)->b);
    ts_puts(c, " } }");
}

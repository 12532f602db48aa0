/* Shared by the files of the printer (emit*.c). Not for other files. */
#ifndef SWD_TS_EMIT_H
#define SWD_TS_EMIT_H

#include "ts/tsi.h"

/* The JavaScript function being printed. */
struct ts_fnctx {
    struct ts_fnctx *up;
    u32 fn; /* 0: the file */
    u32 tmp, tmp_max;
    u32 vars;         /* names to declare at its end: base in c->stack */
    bool thunk;       /* body of a generator or async function, inside its starter */
    bool derived;     /* constructor of a derived class: this is $this */
    u32 fields_after; /* its statement super() behind which fields are set; 0: none, or $init() */
    bool generator, async;
};

/* Precedence levels of what is printed. */
enum { L_SEQ, L_ASSIGN, L_COND, L_BIN, L_UNARY = 16, L_POSTFIX, L_LHS, L_MEMBER };

/* A value to be assigned, printed on demand. */
enum ts_val_kind {
    V_NODE,    /* node */
    V_NAME,    /* name */
    V_KEY,     /* a[key node b] (c: computed) */
    V_ELEM,    /* name a, index b */
    V_NEXT,    /* $$next(name a) */
    V_RESTOF,  /* $$rest(name a) */
    V_SLICE,   /* $$slice(name a, b) */
    V_OMIT,    /* $$omit(name a, keys of the pattern b; c: first temp of computed keys) */
    V_ARGS,    /* $$slice(arguments, b) */
    V_DEFAULT, /* *inner === void 0 ? node b : it */
    V_TEXT     /* text */
};
struct ts_val {
    enum ts_val_kind k;
    u32 a, b, c;
    const struct ts_val *inner;
    const char *text;
};

void ts_put_slow(struct swd_ts_compiler *c, const char *s, size_t n);

/* Bytes into the output. */
static inline void ts_put(struct swd_ts_compiler *c, const char *s, size_t n)
{
    struct swd_bytebuf *b = c->b;
    if (SWD_LIKELY(b->len + n < b->cap && b->len + n <= b->max)) {
        memcpy(b->data + b->len, s, n);
        b->len += n;
    } else {
        ts_put_slow(c, s, n);
    }
}

static inline void ts_puts(struct swd_ts_compiler *c, const char *s)
{
    ts_put(c, s, strlen(s));
}

static inline void ts_putc(struct swd_ts_compiler *c, char ch)
{
    ts_put(c, &ch, 1);
}

void ts_putf(struct swd_ts_compiler *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ts_sync(struct swd_ts_compiler *c, u32 pos);
void ts_after(struct swd_ts_compiler *c, u32 pos);
void ts_open_value(struct swd_ts_compiler *c, const char *word);
void ts_close_value(struct swd_ts_compiler *c);
void ts_map(struct swd_ts_compiler *c, u32 pos);
void ts_put_name(struct swd_ts_compiler *c, u32 name);
void ts_put_string(struct swd_ts_compiler *c, u32 name);
bool ts_plain_name(struct swd_ts_compiler *c, u32 name);
bool ts_plain_key(struct swd_ts_compiler *c, u32 name);
void ts_put_dot(struct swd_ts_compiler *c, u32 name);
u32 ts_temp(struct swd_ts_compiler *c);
u32 ts_var(struct swd_ts_compiler *c, const char *base);
void ts_need_var(struct swd_ts_compiler *c, u32 name);
bool ts_need_sym(struct swd_ts_compiler *c, u32 sym);
void ts_put_vars(struct swd_ts_compiler *c);
void ts_enter_fn(struct swd_ts_compiler *c, struct ts_fnctx *f, u32 fn);
void ts_leave_fn(struct swd_ts_compiler *c, struct ts_fnctx *f);
u32 ts_implicit(struct swd_ts_compiler *c, u32 scope, int kind);
bool ts_is_captured(struct swd_ts_compiler *c, u32 sym);
void ts_flush_map(struct swd_ts_compiler *c);

void ts_sym(struct swd_ts_compiler *c, u32 sym);
void ts_expr(struct swd_ts_compiler *c, u32 n, int level);
void ts_expr_named(struct swd_ts_compiler *c, u32 n, int level, u32 name);
void ts_void_expr(struct swd_ts_compiler *c, u32 n);
void ts_args(struct swd_ts_compiler *c, u32 list);
bool ts_has_spread(struct swd_ts_compiler *c, u32 list);
void ts_spread_list(struct swd_ts_compiler *c, u32 list);
void ts_spread_args(struct swd_ts_compiler *c, u32 list);
void ts_put_private(struct swd_ts_compiler *c, u32 sym);
void ts_ctor_fields(struct swd_ts_compiler *c, u32 fn);
void ts_key(struct swd_ts_compiler *c, u32 key, bool computed);
void ts_key_value(struct swd_ts_compiler *c, u32 key, bool computed);
u32 ts_key_name(struct swd_ts_compiler *c, u32 key);
void ts_val(struct swd_ts_compiler *c, const struct ts_val *v, int level, u32 name);
void ts_assign_to(struct swd_ts_compiler *c, u32 target, const struct ts_val *v, bool init);
void ts_write_sym(struct swd_ts_compiler *c, u32 ident, const struct ts_val *v, bool init);
/* `[a, b] = [b, a]` of two variables as a statement; false: it is something else. */
bool ts_swap_stmt(struct swd_ts_compiler *c, u32 e);
bool ts_simple_node(struct swd_ts_compiler *c, u32 n);
void ts_this(struct swd_ts_compiler *c, u32 node);

void ts_function(struct swd_ts_compiler *c, u32 fn, u32 name);
void ts_method(struct swd_ts_compiler *c, u32 fn, u32 name, const char *prefix);
void ts_plain_function(struct swd_ts_compiler *c, u32 fn, u32 name);
bool ts_odd_setter(struct swd_ts_compiler *c, u32 fn);
void ts_hoist_functions(struct swd_ts_compiler *c, u32 list);
void ts_class(struct swd_ts_compiler *c, u32 cls, u32 name, int level);
void ts_fn_rest(struct swd_ts_compiler *c, u32 fn);
void ts_fields(struct swd_ts_compiler *c, u32 cls);

void ts_stmt(struct swd_ts_compiler *c, u32 s);
void ts_stmts(struct swd_ts_compiler *c, u32 list);
void ts_scope_enter(struct swd_ts_compiler *c, u32 scope, u32 list);
void ts_scope_leave(struct swd_ts_compiler *c, u32 scope);
void ts_init_tdz(struct swd_ts_compiler *c, u32 scope);
void ts_module_stmt(struct swd_ts_compiler *c, u32 s);
void ts_enum_stmt(struct swd_ts_compiler *c, u32 s);
void ts_namespace_stmt(struct swd_ts_compiler *c, u32 s);
void ts_import_ref(struct swd_ts_compiler *c, u32 sym);
void ts_regex(struct swd_ts_compiler *c, u32 node);

bool ts_implicit_checked(struct swd_ts_compiler *c, u32 node);
void ts_ctor_prologue(struct swd_ts_compiler *c, u32 fn);
void ts_ctor_body(struct swd_ts_compiler *c, u32 fn);
bool ts_decorated(struct swd_ts_compiler *c, u32 cls);
u32 ts_state_var(struct swd_ts_compiler *c, u32 cls, const char *base);
void ts_put_state(struct swd_ts_compiler *c, u32 name);
void ts_deco_declare(struct swd_ts_compiler *c, u32 cls);
void ts_deco_first(struct swd_ts_compiler *c, u32 cls);
void ts_deco_instance(struct swd_ts_compiler *c, u32 cls, const char *self);
u32 ts_deco_inits(struct swd_ts_compiler *c, u32 m);
u32 ts_deco_extras(struct swd_ts_compiler *c, u32 m);
u32 ts_deco_storage(struct swd_ts_compiler *c, u32 m);
void ts_deco_apply(struct swd_ts_compiler *c, u32 cls, u32 holder);
void ts_deco_finish(struct swd_ts_compiler *c, u32 cls, u32 holder);
bool ts_class_assigns(struct swd_ts_compiler *c, u32 cls);
void ts_fn_body(struct swd_ts_compiler *c, u32 fn);
void ts_put_holder(struct swd_ts_compiler *c, u32 holder);
void ts_void_seq(struct swd_ts_compiler *c, u32 e);
void ts_put_label(struct swd_ts_compiler *c, u32 label);
int32_t ts_to_int32(double v);

/* What an uninitialised variable holds: a string no script has by accident. */
#define TS_TDZ "\"\\u0001tdz\""

#endif

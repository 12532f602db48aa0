/* Inside of the inspector: inspect.c (layout, values) and shape.c (what each kind of object looks
 * like). */
#ifndef SWD_LIB_INSPECT_H
#define SWD_LIB_INSPECT_H

#include "lib/int.h"

#define INSP_LEVELS 64 /* deeper objects are never opened */

struct insp_entry {
    size_t off, len, width;
};

struct insp {
    struct swd_out *o;
    duk_context *ctx;
    const struct swd_inspect_opts *opts;
    struct swd_out ents; /* array of struct insp_entry, of all open objects */
    size_t base;         /* where the text of the entries being grouped begins */
    unsigned indent;
    int level; /* of the object formatted last (Node's currentDepth) */
    const void *seen[INSP_LEVELS + 1];
    int seen_n;
    const void *circles[32];
    unsigned circles_n;
};

/* How an object is written: `base open entries close`. */
struct insp_shape {
    struct swd_out base;
    char open[192];
    size_t open_len;
    const char *close;
    bool array;   /* long lists of entries are put in columns */
    bool more;    /* the last entry is "... n more items" */
    bool numbers; /* every element is a number */
};

struct insp_desc {
    bool data, getter, setter, enumerable;
};

size_t swd_insp_open(struct insp *in);
void swd_insp_close(struct insp *in, size_t from);
void swd_insp_quote(struct swd_out *o, const char *p, size_t n);
void swd_insp_symbol(struct swd_out *o, duk_idx_t idx);
void swd_insp_value(struct insp *in, duk_idx_t idx, int level);
/* The own property whose key is on top (popped): its value or its setter is pushed, without
 * calling a getter. False, nothing pushed: there is none. */
bool swd_insp_own(duk_context *ctx, duk_idx_t obj, struct insp_desc *d);
/* One entry: `key: value`, or the bare value of an array's element. */
void swd_insp_property(struct insp *in, duk_idx_t obj, duk_idx_t key, int level, bool element);
/* `Foo`, or `function f`: one word for an object in an error message. */
void swd_insp_class(struct swd_out *o, duk_idx_t idx);
/* Replaces a Boolean object at `idx` by its value. */
void swd_insp_call_value(duk_context *ctx, duk_idx_t idx);
/* Whether a key is an array index. */
bool swd_insp_index_key(duk_context *ctx, duk_idx_t key);
/* An entry for each own enumerable key (but indices, if `indexed`). */
void swd_insp_keys(struct insp *in, duk_idx_t obj, int level, bool indexed);

/* util.c: what says `text` in the color of a type (here, `text`), and util.inspect() pushed. */
extern const struct swd_native swd_util_stylize;
void swd_util_push_inspect(duk_context *ctx);

/* shape.c: pushes a built-in kept since the heap was made ("symbolToString", ...). */
void swd_insp_intrinsic(duk_context *ctx, const char *name);
/* Writes the entries of an object and says how to put them together; false: the text is complete
 * already (no entries, or deeper than wanted). */
bool swd_insp_shape(struct insp *in, duk_idx_t idx, int level, struct insp_shape *s);
/* Keys that the object's shape shows already (name, message, stack of an error). */
bool swd_insp_skip_key(struct insp *in, duk_idx_t obj, duk_idx_t key);
/* stack.c: the text of an error's stack without the engine's own frames and flags. */
void swd_stack_clean(struct swd_out *o, const char *p, size_t n);

#endif

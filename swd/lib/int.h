/* The inside of the library: one heap's C state, and what its files offer each other.
 *
 * Everything runs on the thread of the runner's turn, inside swd_heap_run() unless said otherwise.
 * Functions that take a duk_context may throw (longjmp): they hold no resource outside of the heap
 * across a call that can throw, text is built in Duktape buffers (out.c). C state that scripts'
 * errors may leave behind (timers) is consistent between any two calls. */
#ifndef SWD_LIB_INT_H
#define SWD_LIB_INT_H

#include "base/check.h"
#include "engine/duk.h"
#include "lib/lib.h"

#define SWD_LIB_MAGIC 0x11b7a81eu

/* Native-only properties: hidden symbols, which no script can name. */
#define SWD_KEY_TIMER DUK_HIDDEN_SYMBOL("timer") /* Timeout, Immediate: id */
#define SWD_KEY_LAZY  DUK_HIDDEN_SYMBOL("lazy")  /* getters that make what they stand for */
#define SWD_KEY_FN    DUK_HIDDEN_SYMBOL("fn")
#define SWD_KEY_ARGS  DUK_HIDDEN_SYMBOL("args")

struct swd_timer_slot;
struct swd_timers {
    struct swd_timer_slot *slots; /* stable places; SWD_SLOT_TIMERS[i] is the JavaScript side */
    uint32_t *heap;               /* 4-ary heap of slot numbers by (due, seq) */
    uint32_t *map;                /* open addressing: id -> slot + 1 */
    uint32_t cap, map_cap;
    uint32_t heap_n, live, refd, free_head;
    uint32_t imm_head, imm_tail, imm_n; /* immediates, a list through the slots */
    uint32_t imm_batch;                 /* how many of them this round still runs */
    uint32_t running;                   /* slot + 1 of the callback that runs, 0: none */
    uint64_t next_id;
    uint64_t now, deadline; /* of this turn */
};

struct swd_lib {
    unsigned magic;
    struct swd_heap *heap;
    struct swd_account *account;
    const struct swd_limits *limits; /* the opener's */
    const struct swd_host *host;
    void *host_arg;
    uint64_t id;
    char *name, *path, *args, *argv0; /* path: absolute display path of the main script */
    size_t name_len, path_len, args_len, argv0_len;
    struct swd_timers timers;
    struct swd_jobs *jobs; /* job.h; NULL: none was ever started */
    uint64_t modules;
    unsigned group_depth;
    const struct swd_dialect *dialect; /* the opener's */
    struct swd_config *config;         /* config.h; NULL: not looked for, or applied */
    bool suspended;                    /* a require waits for its source */
    bool has_result;      /* runner.result() was called, or the script has a completion value */
    bool result_forced;   /* by runner.result(): the completion value does not replace it */
    bool answered;        /* the handler of a call came to its end */
    bool weak_due;        /* callbacks of registries wait (weakref.c) */
    bool weak_kept;       /* targets are kept until the turn ends */
    uint64_t weak_kept_n; /* how many times there were such */
    bool listening, listening_ref; /* an onMessage handler; it keeps the runner alive */
    int exit_code;
    bool exit_value;             /* process.exit() left the result's text in `scratch` */
    uint64_t opened;             /* clock when the heap was made */
    double time_origin;          /* performance.timeOrigin, ms; 0: not asked for yet */
    struct swd_bytebuf *scratch; /* what the host answers; good until the next question */
    unsigned stream_parts;       /* process.stdout (1), stderr (2) hold an unfinished line */
};

struct swd_lib *swd_lib_of(duk_context *ctx);

/* ---- lib.c, for image.c ---- */
/* The C side alone, without a heap. */
int swd_lib_shell(const struct swd_lib_opts *o, struct swd_lib **out, struct swd_err *e);
/* Adds the whole library to a fresh heap: for swd_heap_run(). */
int swd_lib_populate(void *ctx, void *unused);
/* Has the coroutine that runs jobs made, for an image. */
void swd_lib_warm_worker(duk_context *ctx);
struct swd_lib_source {
    const char *text;
    size_t n;
    enum swd_lang lang;
};
/* Runs a source as the main CommonJS module: for swd_heap_run(). */
int swd_lib_main_cb(void *ctx, void *source);

/* ---- image.c ---- */
struct swd_lib_image *swd_lib_image_base(void); /* NULL: there is none */
/* Makes lib->heap a clone and takes over what the C side remembered. */
int swd_lib_image_clone(struct swd_lib_image *img, struct swd_lib *lib,
                        const struct swd_heap_opts *ho, struct swd_err *e);

/* The clock of a heap's scripts: the monotonic one, standing still while an image is built. */
uint64_t swd_lib_mono(const struct swd_lib *lib);

/* modules.def: what each file adds to the global object, and what require(id) answers. */
struct swd_lib_module {
    const char *id;
    void (*globals)(duk_context *ctx); /* the global object is on top; NULL: none */
    void (*exports)(duk_context *ctx); /* pushes the module's exports; NULL: not a module */
};
extern const struct swd_lib_module swd_lib_modules[];
extern const size_t swd_lib_modules_n;

/* Stand for "adds no globals" and "is no module" in modules.def. */
void swd_lib_no_globals(duk_context *ctx);
void swd_lib_no_exports(duk_context *ctx);

#define SWD_MODULE(id, globals, exports)                                                           \
    void globals(duk_context *ctx);                                                                \
    void exports(duk_context *ctx);
#include "lib/modules.def"
#undef SWD_MODULE

/* ---- out.c: text under construction, in a Duktape buffer on the value stack ---- */
struct swd_out {
    duk_context *ctx;
    duk_idx_t idx; /* of the dynamic buffer; must stay on the stack while used */
    char *data;
    size_t len, cap, max;
    bool full; /* something did not fit and was left out */
};
void swd_out_init(struct swd_out *o, duk_context *ctx, size_t max); /* pushes the buffer */
void swd_out_add(struct swd_out *o, const void *p, size_t n);
/* Puts `n` bytes in the place of all text behind `from`, as much as fits. */
void swd_out_replace(struct swd_out *o, size_t from, const char *p, size_t n);
void swd_out_adds(struct swd_out *o, const char *s);
void swd_out_addc(struct swd_out *o, char c);
void swd_out_fill(struct swd_out *o, char c, size_t n);
void swd_out_addf(struct swd_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void swd_out_value(struct swd_out *o, duk_idx_t idx); /* String(value), the value stays */
void swd_out_json(struct swd_out *o, const char *utf8, size_t n); /* inside of a JSON string */

/* UTF-16 code units of `n` bytes of UTF-8. */
size_t swd_text_units(const char *p, size_t n);

/* ---- kind.c: what an object is, without running any script code ---- */
enum swd_kind {
    SWD_KIND_NONE,
    SWD_KIND_OBJECT,
    SWD_KIND_ARRAY,
    SWD_KIND_FUNCTION,
    SWD_KIND_ARGUMENTS,
    SWD_KIND_BOOLEAN,
    SWD_KIND_DATE,
    SWD_KIND_ERROR,
    SWD_KIND_NUMBER,
    SWD_KIND_REGEXP,
    SWD_KIND_STRING,
    SWD_KIND_GLOBAL,
    SWD_KIND_SYMBOL,
    SWD_KIND_THREAD,
    SWD_KIND_ARRAYBUFFER,
    SWD_KIND_DATAVIEW,
    SWD_KIND_TYPED, /* every typed array, and plain buffers */
    SWD_KIND_PROXY,
    SWD_KIND_OTHER
};
enum swd_kind swd_kind_of(duk_context *ctx, duk_idx_t idx);
/* What the modules in JavaScript call it, Map, Set and Promise too; "": a function, or anything
 * else. */
const char *swd_kind_name(duk_context *ctx, duk_idx_t idx);
/* Pushes "Uint8Array", the name of a typed array's class, whatever its prototype says; that of a
 * plain buffer too. False, nothing pushed: it is neither. */
bool swd_kind_push_typed(duk_context *ctx, duk_idx_t idx);
/* Pushes the target of the Proxy at `idx`. */
void swd_kind_push_target(duk_context *ctx, duk_idx_t idx);

/* ---- inspect.c ---- */
struct swd_inspect_opts {
    int depth;          /* levels below the value; -1: all */
    unsigned break_len; /* columns */
    unsigned compact;   /* innermost levels that share a line */
    unsigned indent;    /* columns already taken on the left */
    bool hidden;        /* non-enumerable properties too */
    bool custom;        /* calls [util.inspect.custom], which is script code */
};
extern const struct swd_inspect_opts swd_inspect_default;
/* Appends what Node's util.inspect() shows of the value at `idx`. Calls no script code, but for
 * `custom`. */
void swd_inspect(struct swd_out *o, duk_idx_t idx, const struct swd_inspect_opts *opts);
/* Reads { depth, breakLength, compact, showHidden } of the object at `idx`, if it is one. */
void swd_inspect_options(duk_context *ctx, duk_idx_t idx, struct swd_inspect_opts *o);
/* console's and util.format's: values [first, first + n) on the stack. */
void swd_format(struct swd_out *o, duk_idx_t first, duk_idx_t n);

/* ---- value.c ---- */
/* Appends the contract's JSON of the value at `idx`; false: undefined. Runs script code. */
bool swd_value_json(duk_context *ctx, duk_idx_t idx, struct swd_out *o);
/* Before process.exit(): keeps the text of what runner.result() was given. Runs script code. */
void swd_value_at_exit(duk_context *ctx);
/* Replaces the value at `idx` by its toJSON(key), if it has one. The key is on top, popped. */
void swd_value_to_json(duk_context *ctx, duk_idx_t idx);

/* ---- weak.c, weakref.c ---- */
/* CanBeHeldWeakly: objects, and symbols that are not registered. */
bool swd_weak_holdable(duk_context *ctx, duk_idx_t idx);
/* Lets go of what was kept for the turn. */
void swd_weak_turn_end(duk_context *ctx);
/* Calls the registries' callbacks that are due, each by enter(ctx) with function and arguments
 * pushed: for swd_heap_run(). */
int swd_weak_deliver(void *ctx, void *enter);

/* ---- promise.c ---- */
/* The state (0 pending, 1 fulfilled, 2 rejected) of a promise; its value is pushed. False: not one.
 */
bool swd_promise_state(duk_context *ctx, duk_idx_t idx, int *state);
/* Pushes the intrinsic Promise, made when it is first asked for. */
void swd_promise_load(duk_context *ctx);
extern const struct swd_native swd_promise_core[];
/* Pushes R, the object of the helpers of generated code, with what they need of the library. */
void swd_promise_host(duk_context *ctx);

/* ---- send.c ---- */
duk_ret_t swd_runner_js_send(duk_context *ctx); /* runner.send(id, value) */

/* ---- builtins.c ---- */
/* Defines Symbol.species on the constructor at `obj`. */
void swd_lib_species(duk_context *ctx, duk_idx_t obj);

/* ---- rt.c ---- */
/* Pushes the helpers' object R, after its files up to number `last` have run; and iter's number. */
void swd_lib_rt(duk_context *ctx, int last);
int swd_lib_rt_iter(void);
/* Pushes what "Array.prototype" or "Math" names ("TypedArray": what typed arrays inherit), and the
 * key "name" or "@@symbol". */
void swd_lib_push_holder(duk_context *ctx, const char *class);
void swd_lib_push_key(duk_context *ctx, const char *name);
/* Makes what most scripts will touch, for an image. */
void swd_lib_warm(duk_context *ctx);
/* Pushes %IteratorPrototype%. */
void swd_lib_push_iterator_proto(duk_context *ctx);

/* ---- web.c ---- */
/* Pushes the object that the global `crypto` is at first. */
void swd_lib_push_crypto(duk_context *ctx);
/* Pushes what web.js answered: its classes by name, and `classes`, its helpers to make them. */
void swd_lib_push_web(duk_context *ctx);

/* ---- process.c ---- */
/* Prints unfinished lines of process.stdout and stderr. */
void swd_lib_flush(duk_context *ctx);

/* ---- timers.c ---- */
int swd_timers_init(struct swd_lib *lib);
void swd_timers_free(struct swd_lib *lib);
/* Opens a turn at `now`; false when nothing is due. And whether anything is due at `now`. */
bool swd_timers_begin(struct swd_lib *lib, uint64_t now, uint64_t quantum);
bool swd_timers_due(const struct swd_lib *lib, uint64_t now);
extern const struct swd_native swd_timers_core[];

/* ---- module.c ---- */
extern const struct swd_native swd_module_core[];
/* Pushes the main module's require(). */
/* The module loader: the object that module.js makes. */
void swd_lib_push_modules(duk_context *ctx);
void swd_lib_push_require(duk_context *ctx);

/* ---- zlib.c ---- */
extern const struct swd_native swd_zlib_natives[];

/* ---- web.c ---- */
/* Puts secret(object, key, value) and `key`, for classes that keep state, on the object on top. */
void swd_web_secret(duk_context *ctx);

/* ---- prelude.c: JavaScript compiled into the binary ---- */
enum swd_prelude {
#define SWD_PRELUDE(name, keep) PRELUDE_##name,
#include "lib/prelude.def"
#undef SWD_PRELUDE
};
/* Pushes the value of a prelude file's expression. */
void swd_prelude_push(duk_context *ctx, enum swd_prelude which);

/* ---- node.c ---- */
/* Pushes what the function of a prelude file answers to natives that all have, and `more`. */
void swd_node_push(duk_context *ctx, enum swd_prelude file, const struct swd_native *more);

/* ---- lib.c ---- */
/* Pushes / pops-and-stores a value of the library, by name (kept in SWD_SLOT_LIB). */
void swd_lib_push(duk_context *ctx, const char *name);
void swd_lib_keep(duk_context *ctx, const char *name);
/* A global whose value the native `make` answers when it is first touched. */
void swd_lib_lazy(duk_context *ctx, const char *name, const struct swd_native *make);

/* Throws a TypeError or RangeError with a `code` property, as Node does. */
_Noreturn void swd_throw_code(duk_context *ctx, int type, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* TypeError ERR_INVALID_ARG_TYPE: `The "name" argument must be <what>. Received ...`. */
_Noreturn void swd_throw_arg(duk_context *ctx, duk_idx_t idx, const char *name, const char *what);

/* Pushes an ASCII name of ours that is not a literal where it is used. */
void swd_push_name(duk_context *ctx, const char *name);

/* Pushes the hidden symbol of that name. */
void swd_push_hidden(duk_context *ctx, const char *name);

/* Pops the value and defines it on the object at `obj` as built-ins are: not enumerable. */
void swd_lib_def(duk_context *ctx, duk_idx_t obj, const char *name);

/* The same under a well-known symbol. */
void swd_lib_def_symbol(duk_context *ctx, duk_idx_t obj, const char *name);
/* Pops the key and defines an accessor under it on the object at `obj`; `set` may be NULL. */
void swd_lib_accessor(duk_context *ctx, duk_idx_t obj, const struct swd_native *get,
                      const struct swd_native *set, bool enumerable);
/* Throws unless the native was called by `new`. */
void swd_need_new(duk_context *ctx, const char *class);
/* Defines Symbol.toStringTag on the object at `obj`. */
void swd_lib_tag(duk_context *ctx, duk_idx_t obj, const char *tag);
/* Constructor and prototype are on top: ties them together and pops the prototype. */
void swd_lib_class(duk_context *ctx, const char *tag);

/* ---- iterate.c ---- */
void swd_push_symbol(duk_context *ctx, const char *name); /* a well-known one */
/* Puts in place of the constructor on top what it names as its species; false, popped: nothing. */
bool swd_push_species(duk_context *ctx);
/* Calls each() with every value of the iterable at `idx` on top of the stack; it leaves it there.
 * Absolute indices of the caller's frame are good in it. */
void swd_iterate(duk_context *ctx, duk_idx_t idx, void (*each)(duk_context *ctx, void *arg),
                 void *arg);

/* ---- collect.c ---- */
/* Pushes the store of a Map (answers 1) or Set (2) at `idx`; 0, nothing pushed: neither. Then its
 * size, and the next key and value, pushed (twice the same for a Set); *at begins with 0. */
int swd_collect_open(duk_context *ctx, duk_idx_t idx);
size_t swd_collect_count(duk_context *ctx, duk_idx_t store);
bool swd_collect_next(duk_context *ctx, duk_idx_t store, uint32_t *at);

#endif

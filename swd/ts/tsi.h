/* What the files of ts share: the compiler's tables, tokens, nodes, scopes. Not for other folders.
 *
 * Everything is in tables indexed by 32-bit numbers (nodes, names, symbols, scopes, references,
 * functions, classes); index 0 means none. Tables only grow during a compilation and are emptied,
 * not freed, after it. A pointer into a table is good until the next addition to it. Errors that
 * end the parse of a statement, and lack of memory, leave by longjmp to the recovery point in `c`.
 */
#ifndef SWD_TS_TSI_H
#define SWD_TS_TSI_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "pool/arena.h"
#include "pool/bytebuf.h"
#include "ts/ts.h"

typedef uint32_t u32; /* an index or an offset */

enum ts_word {
    W_NONE = 0,
#define SWD_TS_WORD(sym, text) W_##sym,
#include "ts/names.def"
#undef SWD_TS_WORD
    W_COUNT
};
/* W_NONE is no word: comparisons with it never hold for a token. */
#define W_LAST_RESERVED W_with
#define W_LAST_STRICT   W_yield

enum ts_kind {
    N_NONE = 0,
#define SWD_TS_NODE(k) N_##k,
#include "ts/nodes.def"
#undef SWD_TS_NODE
    N_COUNT
};

enum ts_tok {
    T_EOF,
    T_WORD, /* identifier or keyword: see `name` */
    T_PRIVATE,
    T_NUM,
    T_STR,
    T_TEMPLATE, /* from ` or } to ` or ${ */
    T_REGEX,
    T_JSXTEXT,
    /* punctuators; binary operators have a precedence in lex.c */
    T_LBRACE,
    T_RBRACE,
    T_LPAREN,
    T_RPAREN,
    T_LBRACK,
    T_RBRACK,
    T_SEMI,
    T_COMMA,
    T_DOT,
    T_ELLIPSIS,
    T_OPTDOT,
    T_QUESTION,
    T_COLON,
    T_ARROW,
    T_AT,
    T_NOT,
    T_TILDE,
    T_INC,
    T_DEC,
    T_NULLISH,
    T_OROR,
    T_ANDAND,
    T_OR,
    T_XOR,
    T_AND,
    T_EQ,
    T_NE,
    T_SEQ,
    T_SNE,
    T_LT,
    T_GT,
    T_LE,
    T_GE,
    T_SHL,
    T_SAR,
    T_SHR,
    T_PLUS,
    T_MINUS,
    T_STAR,
    T_SLASH,
    T_PERCENT,
    T_POW,
    T_ASSIGN,
    T_PLUS_A,
    T_MINUS_A,
    T_STAR_A,
    T_SLASH_A,
    T_PERCENT_A,
    T_POW_A,
    T_SHL_A,
    T_SAR_A,
    T_SHR_A,
    T_AND_A,
    T_OR_A,
    T_XOR_A,
    T_ANDAND_A,
    T_OROR_A,
    T_NULLISH_A,
    /* operators that are words, as `op` of nodes */
    T_IN,
    T_INSTANCEOF,
    T_TYPEOF,
    T_VOID,
    T_DELETE,
    T_COUNT
};

struct ts_token {
    u32 pos, end;
    u32 name; /* WORD, PRIVATE */
    uint8_t kind;
    bool nl;      /* a line end before it */
    bool escaped; /* WORD: has \u; STR: has escapes; TEMPLATE: not cookable; NUM: BigInt */
    bool octal;   /* STR, NUM: legacy octal (or \8 \9) */
    bool tail;    /* TEMPLATE: ends with ` */
};

/* Node flags. */
enum {
    F_PAREN = 1,    /* was in parentheses */
    F_COMPUTED = 2, /* key in brackets */
    F_STATIC = 4,
    F_OPTIONAL = 8, /* link is ?. */
    F_SHORTHAND = 16,
    F_STAR = 32,
    F_USING = 32, /* VAR: using; with F_AWAIT await using */
    F_AWAIT = 64,
    F_PREFIX = 128,
    F_WRITE = 128,     /* IDENT: assigned to */
    F_CHECK = 256,     /* IDENT: may be uninitialised */
    F_DEAD = 512,      /* IDENT: is uninitialised for certain */
    F_CLASSIN = 1024,  /* IDENT: names the class declaration around it */
    F_WITH = 2048,     /* IDENT: inside `with` */
    F_COOKED = 4096,   /* STR: see a; TSTR: not cookable */
    F_CAST = 8192,     /* came through a TypeScript cast */
    F_DECLARE = 16384, /* erased */
    F_TYPED = 32768,   /* arrow parameter with TypeScript marks: no expression */
};

struct ts_node {
    uint8_t kind, op;
    uint16_t flags;
    u32 pos;
    u32 a, b, c;
    u32 next;
};

struct ts_name {
    const char *s;
    u32 len, hash;
    u32 decls;     /* symbols with this name */
    u32 free;      /* references that no symbol took */
    u32 var_scope; /* where a `var` of this name was met last */
    u32 sym;       /* newest symbol of an open scope; older ones by `shadow` */
    u32 suffix;    /* last number tried for a fresh variant */
    bool ascii, escaped;
};

struct ts_slot {
    u32 name, gen; /* of which compilation; 0: it stays */
};

enum ts_sym_kind {
    S_VAR,
    S_PARAM,
    S_FUNC,
    S_FNAME, /* name of a function expression */
    S_LET,
    S_CONST,
    S_CLASS,
    S_CATCH,
    S_IMPORT,
    S_ENUM,
    S_NAMESPACE,
    S_MEMBER, /* of an enum or namespace, printed as object.name */
    S_THIS,
    S_ARGUMENTS,
    S_NEWTARGET,
    S_HIDDEN, /* made by the compiler: class binding, home object */
    S_PRIVNAME
};

enum {
    Y_CAPTURED = 1, /* referenced from an inner function */
    Y_HEADCAP = 2,  /* ... one that starts in the head of a for loop */
    Y_ASSIGNED = 4, /* written besides its declaration */
    Y_TDZ = 8,      /* some reference needs a check */
    Y_ENV = 16,     /* lives in its scope's per-iteration binding */
    Y_USED = 32,    /* has references */
    Y_EXPORTED = 64,
    Y_TYPEONLY = 128,
    Y_KEEP = 256,      /* must keep its name (seen through `with`) */
    Y_BODYWRITE = 512, /* loop variable written outside the head */
    Y_LOOSE = 1024,    /* block function of sloppy code, one with the function's var */
    Y_STATIC = 2048,   /* static private name */
    Y_GETTER = 4096,
    Y_SETTER = 8192,
    Y_DECLARED = 16384, /* its `var` is printed */
    Y_METHOD = 32768,
    Y_CLASH = 64,   /* of C_OUTER: no `var` of that name in the eval */
    Y_MOVED = 1024, /* of a class scope, whose names live in the scope around */
};

struct ts_sym {
    u32 name, scope, next, shadow;
    u32 pos;     /* of the declaration */
    u32 init;    /* where it is initialised: end of its declarator */
    u32 out;     /* name it is printed with; 0: not decided */
    u32 extra;   /* IMPORT: imported name; MEMBER: symbol of the object; FUNC: function; PRIVNAME:
                    class */
    u32 head;    /* printing: what the head of a for loop works on */
    u32 extra2;  /* IMPORT: symbol of the module object; FUNC: earliest position it may run */
    u32 members; /* enum, namespace: list of what earlier blocks export */
    uint8_t kind;
    uint16_t flags;
};

enum ts_scope_kind {
    C_TOP,
    C_FUNC, /* parameters, and body unless that has its own */
    C_BODY, /* body of a function whose parameters hold closures */
    C_BLOCK,
    C_FOR,
    C_SWITCH,
    C_CATCH,
    C_CLASS,
    C_FNAME,
    C_ENUM,
    C_NAMESPACE,
    C_WITH,
    C_OUTER /* around the text of a direct eval (eval_scope.c) */
};

enum {
    P_STRICT = 1,
    P_LOOP = 2,      /* may run several times in one call of its function */
    P_ARROW = 4,     /* function scope without this, arguments, new.target of its own */
    P_ENV = 8,       /* has captured symbols and P_LOOP */
    P_HOISTED = 16,  /* scope of a function declaration */
    P_MEMBER = 32,   /* of a class member */
    P_EVAL = 64,     /* a direct eval inside */
    P_FIELD = 128,   /* field initialiser or static block: no arguments */
    P_DEAD = 256,    /* closed */
    P_RENAME = 1024, /* names of this function may not be seen by what is printed into it */
    P_WITHIN = 512,  /* inside a with statement */
    P_ARRPAT = 2048, /* an array pattern inside, whose defaults may run in a closure */
};

struct ts_scope {
    u32 parent, func; /* func: the function (or top) scope it belongs to, itself if it is one */
    u32 syms, last;
    u32 ref_head, ref_tail; /* references not yet bound */
    u32 pos, end;
    u32 body;  /* FOR: where the body begins; 0: what it goes over is being parsed */
    u32 owner; /* FUNC: function; CLASS: class */
    u32 env;   /* printed name of the environment, 0: none or one symbol */
    u32 self;  /* CLASS: symbol of the declaration, 0 */
    uint8_t kind;
    uint16_t flags;
};

struct ts_ref {
    u32 node, next;
};

enum {
    FN_ARROW = 1,
    FN_ASYNC = 2,
    FN_GEN = 4,
    FN_METHOD = 8,
    FN_GET = 16,
    FN_SET = 32,
    FN_CTOR = 64,
    FN_DERIVED = 128,
    FN_STRICT = 256,
    FN_EXPR = 512,       /* body is one expression */
    FN_SIMPLE = 1024,    /* parameters are plain names */
    FN_DIRECTIVE = 2048, /* has its own "use strict" */
    FN_FIELD = 4096,
    FN_DECL = 8192,
    FN_CALLSSUPER = 16384,
    FN_NOBODY = 32768, /* overload or abstract: erased */
    FN_STATICBLOCK = 65536,
    FN_STATICFIELD = 131072,
    FN_MANYSUPER = 262144,
    FN_AWAITS = 524288, /* may wait: await, for await, await using */
};

struct ts_fn {
    u32 params; /* list: target, DEFAULT, REST */
    u32 body;   /* list of statements, or an expression */
    u32 scope, body_scope;
    u32 name;      /* 0: anonymous */
    u32 fname;     /* symbol of the name of a function expression */
    u32 starter;   /* printing: name of what the wrapper of a coroutine is made from */
    u32 super_end; /* printing: behind the super() that always runs first; 0: none */
    u32 pos, end, body_end;
    u32 cls, outer;
    u32 decorators; /* legacy, of parameters */
    u32 flags, length;
};

enum ts_prop { P_INIT, P_GET, P_SET, P_METHODP };
enum ts_member { M_METHOD, M_GET, M_SET, M_FIELD, M_BLOCK, M_ACCESSOR };
enum ts_decl { D_VAR, D_LET, D_CONST, D_USING, D_AWAITUSING };

struct ts_class {
    u32 name, sym; /* declared symbol, 0 */
    u32 parent;    /* heritage expression; F_HASPARENT told by has_parent */
    u32 members;   /* list of MEMBERDEF */
    u32 ctor;      /* function, 0: synthesised */
    u32 inner;     /* hidden symbol: the class binding, when needed */
    u32 scope, pos, end;
    u32 decorators;
    u32 state; /* hidden symbol: an object with the class's variables, when a loop makes it anew */
    u32 init;  /* printing: name of the field initialiser */
    u32 deco_list, extras, static_extras, class_extras; /* printing: names of initialiser lists */
    bool has_parent, has_fields, strict_outside, expr;
};

/* A growable table. `used` counts elements; element 0 is never used. */
struct ts_vec {
    void *p;
    u32 used, cap, size;
};

struct ts_list {
    u32 head, tail;
};

struct ts_fnctx;

struct swd_ts_compiler {
    unsigned magic;
    const struct swd_ts_opts *o;
    const char *file;
    bool ts, jsx;
    enum swd_ts_goal goal;

    /* source */
    char *src;
    u32 n, src_cap;
    struct ts_vec lines; /* u32 starts */
    u32 line_cursor;

    /* lexer */
    struct ts_token tok;
    u32 at;       /* first byte after tok */
    u32 prev_end; /* end of the token before tok */
    u32 lines_upto;

    /* tables */
    struct swd_bump *bump;
    struct ts_vec nodes, names, syms, scopes, refs, fns, classes, stack;
    struct ts_slot *hash; /* of names; open addressing */
    u32 hash_cap, gen;

    /* parser state */
    u32 scope;    /* current */
    u32 fn;       /* current function, 0: top level */
    u32 cls;      /* current class */
    u32 labels;   /* innermost label: EXTRA(name, is of a loop, next outer) */
    u32 obj_home; /* hidden symbol of the object literal at hand */
    bool strict, can_yield, can_await, no_await, no_in, in_cond, in_params, in_field, home_static;
    bool saw_tla, restart_module, saw_eval;
    u32 loop_depth, switch_depth, ambient;
    u32 arrow_at;           /* where an arrow function may begin */
    u32 await_at, yield_at; /* last await, last yield of this function */
    u32 await_name_at;      /* last name `await` */
    u32 cover_err;          /* a shorthand default not yet turned into a pattern */
    u32 dup_proto;          /* a second __proto__ in a literal, likewise */
    u32 dup_param;
    u32 decl_sym;           /* symbol of the function declaration being parsed */
    u32 body;               /* statements of the file */
    u32 top;                /* its scope */
    struct ts_list exports; /* SPECIFIER nodes to check and print */
    char *stack_base;
    size_t stack_max;
    uint64_t deadline;
    u32 ticks;

    /* errors */
    jmp_buf *recover;
    jmp_buf *abort;
    int rc;
    u32 silent; /* backtracking: errors jump without a record */
    struct swd_ts_output *out;

    /* printer */
    struct ts_fnctx *fx;
    struct swd_bytebuf *b;
    u32 gen_line, line_start;
    bool mapping;
    u32 map_gline, map_gcol, map_sline, map_scol;
    u32 map_at, map_at_col; /* the last place whose column was counted */
    bool map_any;
    bool bare;              /* the program is printed without a function around it */
    bool out_strict;        /* the function being printed is strict */
    bool fx_fields_by_call; /* super() must call $init */
    u32 in_thunk;           /* inside the closure of an array pattern */
    u32 class_name;
    u32 pending;  /* labels to print before the loop at hand */
    u32 uses;     /* printing: name of the list that `using` adds to */
    bool careful; /* the pass that looks for further errors */
    u32 cv;       /* name that collects the completion value, 0: none */
    struct ts_vec spine, sites, values;
};

#define ND(i) (&((struct ts_node *)c->nodes.p)[i])
#define NM(i) (&((struct ts_name *)c->names.p)[i])
#define SY(i) (&((struct ts_sym *)c->syms.p)[i])
#define SC(i) (&((struct ts_scope *)c->scopes.p)[i])
#define RF(i) (&((struct ts_ref *)c->refs.p)[i])
#define FN(i) (&((struct ts_fn *)c->fns.p)[i])
#define CL(i) (&((struct ts_class *)c->classes.p)[i])

/* table.c */
u32 ts_vec_add(struct swd_ts_compiler *c, struct ts_vec *v);
void ts_vec_reserve(struct swd_ts_compiler *c, struct ts_vec *v, u32 n); /* empty tables only */
_Noreturn void ts_abort(struct swd_ts_compiler *c, int rc);
u32 ts_node(struct swd_ts_compiler *c, int kind, u32 pos, u32 a, u32 b);
u32 ts_node3(struct swd_ts_compiler *c, int kind, u32 pos, u32 a, u32 b, u32 d);
void ts_append(struct swd_ts_compiler *c, struct ts_list *l, u32 node);
u32 ts_intern(struct swd_ts_compiler *c, const char *s, u32 n);
u32 ts_intern_hash(struct swd_ts_compiler *c, const char *s, u32 n, u32 hash);
u32 ts_known(struct swd_ts_compiler *c, const char *s, u32 n);
const char *ts_cstr(struct swd_ts_compiler *c, u32 name); /* for messages */
u32 ts_fresh(struct swd_ts_compiler *c, u32 base);
int ts_names_init(struct swd_ts_compiler *c);
void ts_names_reset(struct swd_ts_compiler *c);
u32 ts_hash(const char *s, u32 n);

/* diag.c */
void ts_error(struct swd_ts_compiler *c, u32 pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void ts_fatal(struct swd_ts_compiler *c, u32 pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void ts_unexpected(struct swd_ts_compiler *c, const char *wanted);
void ts_place(struct swd_ts_compiler *c, u32 pos, u32 *line, u32 *col);
u32 ts_line_find(struct swd_ts_compiler *c, u32 pos); /* its line, from 1 */

/* hint.c */
void ts_hint(struct swd_ts_compiler *c, const char *wanted, char *out, size_t size);
_Noreturn void ts_no_types(struct swd_ts_compiler *c);
_Noreturn void ts_unclosed(struct swd_ts_compiler *c, const char *wanted, u32 open);
void ts_comma(struct swd_ts_compiler *c, const char *wanted, u32 open);
_Noreturn void ts_reserved(struct swd_ts_compiler *c, const struct ts_token *t);

/* lex.c */
void ts_next(struct swd_ts_compiler *c);
void ts_lex_regex(struct swd_ts_compiler *c);
void ts_lex_template(struct swd_ts_compiler *c); /* tok is }: continue the template */
void ts_split_gt(struct swd_ts_compiler *c);     /* tok begins with >: make it > alone */
void ts_split_lt(struct swd_ts_compiler *c);
void ts_lex_jsx_text(struct swd_ts_compiler *c, u32 from);
void ts_lex_jsx_name(struct swd_ts_compiler *c);
void ts_lex_jsx_string(struct swd_ts_compiler *c);
int ts_prec(int tok);
const char *ts_tok_text(int tok);
/* The value of a string or template piece (raw, without quotes) as a name; 0 when not cookable. */
u32 ts_cook(struct swd_ts_compiler *c, u32 from, u32 to, bool templ);
bool ts_id_start(uint32_t cp);
bool ts_id_cont(uint32_t cp);
u32 ts_decode(const char *s, uint32_t *cp);
u32 ts_encode(char *out, uint32_t cp);

/* parse_file.c: a place to go back to */
struct ts_mark {
    struct ts_token tok;
    u32 at, prev_end, nodes, refs, scopes, syms, fns, classes, scope_tail, scope_head, scope;
};
void ts_mark(struct swd_ts_compiler *c, struct ts_mark *m);
void ts_rewind(struct swd_ts_compiler *c, const struct ts_mark *m);

/* scope.c */
u32 ts_scope_open(struct swd_ts_compiler *c, int kind, u32 pos);
void ts_scope_close(struct swd_ts_compiler *c);
u32 ts_declare(struct swd_ts_compiler *c, u32 name, int kind, u32 pos);
u32 ts_sym_new(struct swd_ts_compiler *c, u32 scope, u32 name, int kind, u32 pos);
void ts_reference(struct swd_ts_compiler *c, u32 node);
u32 ts_find_local(struct swd_ts_compiler *c, u32 scope, u32 name);
struct ts_cover {
    u32 ref, scope, syms, scopes;
};
void ts_cover_mark(struct swd_ts_compiler *c, struct ts_cover *m);
void ts_cover_adopt(struct swd_ts_compiler *c, const struct ts_cover *m, u32 arrow);
u32 ts_hidden(struct swd_ts_compiler *c, u32 scope, u32 name, u32 pos);
void ts_check_exports(struct swd_ts_compiler *c);
u32 ts_parse_default_function(struct swd_ts_compiler *c, u32 pos, u32 flags);
void ts_bind_home(struct swd_ts_compiler *c, u32 since, u32 *sym, u32 name);
void ts_scope_unwind(struct swd_ts_compiler *c, u32 scope);
u32 ts_statement_scope(struct swd_ts_compiler *c, u32 scope);
u32 ts_out_name(struct swd_ts_compiler *c, u32 sym);

/* eval_scope.c */
u32 ts_eval_refs(struct swd_ts_compiler *c, u32 pos);
void ts_eval_scope(struct swd_ts_compiler *c, u32 call);
bool ts_eval_has(struct swd_ts_compiler *c, u32 what);
void ts_eval_open(struct swd_ts_compiler *c);
void ts_eval_var(struct swd_ts_compiler *c, u32 top, u32 y, u32 pos);

/* parse_*.c */
void ts_parse(struct swd_ts_compiler *c);
u32 ts_parse_expr(struct swd_ts_compiler *c);
u32 ts_parse_assign(struct swd_ts_compiler *c);
u32 ts_parse_unary(struct swd_ts_compiler *c);
u32 ts_parse_lhs(struct swd_ts_compiler *c);
u32 ts_parse_stmt(struct swd_ts_compiler *c, bool decl_ok);
u32 ts_parse_block_list(struct swd_ts_compiler *c);
u32 ts_parse_target(struct swd_ts_compiler *c, int kind);
u32 ts_parse_function(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name);
u32 ts_parse_function_expr(struct swd_ts_compiler *c, u32 pos, u32 flags, u32 name);
u32 ts_parse_field_init(struct swd_ts_compiler *c, u32 pos, u32 flags);
u32 ts_parse_var(struct swd_ts_compiler *c, int kind, bool in_for);
u32 ts_super_function(struct swd_ts_compiler *c);
bool ts_new_target_ok(struct swd_ts_compiler *c);
void ts_saw_eval(struct swd_ts_compiler *c);
void ts_check_regex(struct swd_ts_compiler *c, u32 node);
void ts_check_strict_name(struct swd_ts_compiler *c, u32 name, u32 pos);
u32 ts_parse_import_expr(struct swd_ts_compiler *c);
u32 ts_finish_member(struct swd_ts_compiler *c, u32 obj, u32 pos, u32 flags);
u32 ts_try_generic_arrow(struct swd_ts_compiler *c, u32 flags, u32 pos);
void ts_end_statement_checks(struct swd_ts_compiler *c);
bool ts_starts_let(struct swd_ts_compiler *c);
u32 ts_parse_name_string(struct swd_ts_compiler *c);
u32 ts_parse_class(struct swd_ts_compiler *c, u32 pos, bool decl, u32 decorators, u32 flags);
void ts_parse_directives(struct swd_ts_compiler *c, struct ts_list *l, u32 fn);
u32 ts_parse_decorators(struct swd_ts_compiler *c);
u32 ts_parse_propkey(struct swd_ts_compiler *c, bool *computed);
u32 ts_parse_jsx(struct swd_ts_compiler *c);
u32 ts_jsx_after_lt(struct swd_ts_compiler *c, u32 pos);
void ts_note_member(struct swd_ts_compiler *c, u32 sym, u32 name, u32 member);
void ts_skip_group(struct swd_ts_compiler *c); /* ( ... ), [ ... ] or { ... } */
u32 ts_parse_import(struct swd_ts_compiler *c);
u32 ts_parse_export(struct swd_ts_compiler *c, u32 decorators);
u32 ts_parse_enum(struct swd_ts_compiler *c, u32 pos, bool exported);
u32 ts_parse_namespace(struct swd_ts_compiler *c, u32 pos, bool exported);
u32 ts_parse_ts_decl(struct swd_ts_compiler *c, bool exported);
bool ts_at_ts_decl(struct swd_ts_compiler *c);
u32 ts_to_pattern(struct swd_ts_compiler *c, u32 node, bool binding);
u32 ts_parse_arrow(struct swd_ts_compiler *c, u32 pos, u32 params, u32 flags,
                   const struct ts_cover *m);
void ts_check_target_name(struct swd_ts_compiler *c, u32 name, u32 pos);
void ts_check_ident(struct swd_ts_compiler *c, const struct ts_token *t);
u32 ts_ident_ref(struct swd_ts_compiler *c, u32 name, u32 pos);
u32 ts_this_ref(struct swd_ts_compiler *c, u32 pos);
u32 ts_home_ref(struct swd_ts_compiler *c, u32 pos);
void ts_semicolon(struct swd_ts_compiler *c);
void ts_deep(struct swd_ts_compiler *c);
bool ts_is_anon_fn(struct swd_ts_compiler *c, u32 node);
void ts_mark_assigned(struct swd_ts_compiler *c, u32 node);

/* types.c: type syntax is skipped, nothing is kept */
void ts_skip_type(struct swd_ts_compiler *c);
void ts_skip_type_args(struct swd_ts_compiler *c);
bool ts_try_type_args(struct swd_ts_compiler *c);
void ts_skip_type_params(struct swd_ts_compiler *c);
void ts_skip_return_type(struct swd_ts_compiler *c); /* at the colon */
void ts_skip_return_annotation(struct swd_ts_compiler *c);
void ts_skip_annotation(struct swd_ts_compiler *c); /* `: type` if there is one */
void ts_skip_members(struct swd_ts_compiler *c);    /* { ... } of an interface or object type */

/* small tests on the current token */
static inline bool ts_is(const struct swd_ts_compiler *c, int kind)
{
    return c->tok.kind == kind;
}

static inline bool ts_is_word(const struct swd_ts_compiler *c, u32 word)
{
    return c->tok.kind == T_WORD && c->tok.name == word && !c->tok.escaped;
}

static inline bool ts_eat(struct swd_ts_compiler *c, int kind)
{
    if (c->tok.kind != kind)
        return false;
    ts_next(c);
    return true;
}

static inline bool ts_eat_word(struct swd_ts_compiler *c, u32 word)
{
    if (!ts_is_word(c, word))
        return false;
    ts_next(c);
    return true;
}

static inline void ts_expect(struct swd_ts_compiler *c, int kind)
{
    if (SWD_UNLIKELY(c->tok.kind != kind))
        ts_unexpected(c, ts_tok_text(kind));
    ts_next(c);
}

/* recovery from errors (parse_file.c), and what a function body keeps of its surroundings */
struct ts_saved {
    u32 fn, loop_depth, switch_depth, labels, cover_err, dup_proto, dup_param, obj_home, await_at,
        yield_at;
    bool strict, can_yield, can_await, no_await, no_in, in_cond, in_params, in_field, home_static;
};

void ts_save(const struct swd_ts_compiler *c, struct ts_saved *s);
void ts_restore(struct swd_ts_compiler *c, const struct ts_saved *s);
u32 ts_parse_listed(struct swd_ts_compiler *c);
bool ts_attempt(struct swd_ts_compiler *c, bool (*parse)(struct swd_ts_compiler *, void *),
                void *arg);
u32 ts_recovering(struct swd_ts_compiler *c, u32 (*part)(struct swd_ts_compiler *, u32), u32 arg);

/* emit*.c */
int ts_emit_program(struct swd_ts_compiler *c);

#endif

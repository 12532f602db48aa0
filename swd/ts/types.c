/* TypeScript's types: skipped, nothing is kept.
 *
 * The grammar is followed closely enough to find the end of any type of TypeScript 5. */
#include "ts/tsi.h"

static void skip_primary(struct swd_ts_compiler *c);

/* ( ... ) of a function type: parameters are patterns, of which only brackets matter. */
static void skip_balanced(struct swd_ts_compiler *c)
{
    u32 depth = 0, from = c->tok.pos;
    do {
        switch (c->tok.kind) {
        case T_LPAREN:
        case T_LBRACK:
        case T_LBRACE: depth++; break;
        case T_RPAREN:
        case T_RBRACK:
        case T_RBRACE: depth--; break;
        case T_TEMPLATE:
            while (!c->tok.tail) {
                ts_next(c);
                ts_skip_type(c);
                if (!ts_is(c, T_RBRACE))
                    ts_unexpected(c, "}");
                ts_lex_template(c);
            }
            break;
        case T_EOF: ts_fatal(c, from, "this bracket is never closed");
        default: break;
        }
        ts_next(c);
    } while (depth);
}

void ts_skip_group(struct swd_ts_compiler *c)
{
    skip_balanced(c);
}

void ts_skip_members(struct swd_ts_compiler *c)
{
    if (!ts_is(c, T_LBRACE))
        ts_unexpected(c, "{");
    skip_balanced(c);
}

void ts_skip_type_params(struct swd_ts_compiler *c)
{
    ts_split_lt(c);
    ts_expect(c, T_LT);
    ts_split_gt(c);
    while (!ts_is(c, T_GT)) {
        while (ts_is_word(c, W_const) || ts_is_word(c, W_in) || ts_is_word(c, W_out)) {
            struct ts_mark m;
            ts_mark(c, &m);
            ts_next(c);
            if (!ts_is(c, T_WORD) || ts_is_word(c, W_extends)) {
                ts_rewind(c, &m);
                break;
            }
        }
        ts_expect(c, T_WORD);
        if (ts_eat_word(c, W_extends))
            ts_skip_type(c);
        if (ts_eat(c, T_ASSIGN))
            ts_skip_type(c);
        ts_split_gt(c);
        if (!ts_is(c, T_GT))
            ts_comma(c, ", or >", c->tok.pos);
        ts_split_gt(c);
    }
    ts_next(c);
}

void ts_skip_type_args(struct swd_ts_compiler *c)
{
    ts_split_lt(c);
    ts_expect(c, T_LT);
    do {
        ts_skip_type(c);
        ts_split_gt(c);
        if (!ts_is(c, T_GT))
            ts_comma(c, ", or >", c->tok.pos);
        ts_split_gt(c);
    } while (!ts_is(c, T_GT));
    ts_next(c);
}

/* Behind type arguments of a call: what shows that they were that. */
static bool args_follow(struct swd_ts_compiler *c)
{
    switch (c->tok.kind) {
    case T_LPAREN:
    case T_TEMPLATE: return true;
    case T_LT:
    case T_GT:
    case T_PLUS:
    case T_MINUS: return false;
    case T_RPAREN:
    case T_RBRACK:
    case T_RBRACE:
    case T_COLON:
    case T_SEMI:
    case T_COMMA:
    case T_QUESTION:
    case T_OPTDOT:
    case T_DOT:
    case T_EOF:
    case T_ARROW:
    case T_NOT: return true;
    case T_WORD:
        return c->tok.nl || c->tok.name == W_in || c->tok.name == W_instanceof ||
               c->tok.name == W_as || c->tok.name == W_satisfies || c->tok.name == W_of;
    default:
        return ts_prec(c->tok.kind) > 0 || c->tok.nl ||
               (c->tok.kind >= T_ASSIGN && c->tok.kind <= T_NULLISH_A);
    }
}

static bool type_args(struct swd_ts_compiler *c, void *arg)
{
    (void)arg;
    ts_skip_type_args(c);
    return args_follow(c);
}

bool ts_try_type_args(struct swd_ts_compiler *c)
{
    return ts_attempt(c, type_args, NULL);
}

/* Is `(` the start of a function type? Looks for => behind the closing parenthesis. */
static bool function_type(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    ts_mark(c, &m);
    ts_next(c);
    bool yes = false;
    if (ts_is(c, T_RPAREN) || ts_is(c, T_ELLIPSIS)) {
        yes = true;
    } else if (ts_is(c, T_WORD) || ts_is(c, T_LBRACE) || ts_is(c, T_LBRACK)) {
        if (ts_is(c, T_WORD))
            ts_next(c);
        else
            skip_balanced(c);
        if (ts_is(c, T_COLON) || ts_is(c, T_COMMA) || ts_is(c, T_ASSIGN)) {
            yes = true;
        } else if (ts_is(c, T_QUESTION)) {
            ts_next(c);
            yes =
                ts_is(c, T_COLON) || ts_is(c, T_COMMA) || ts_is(c, T_RPAREN) || ts_is(c, T_ASSIGN);
        } else if (ts_is(c, T_RPAREN)) {
            ts_next(c);
            yes = ts_is(c, T_ARROW);
        }
    }
    ts_rewind(c, &m);
    return yes;
}

static void skip_function_type(struct swd_ts_compiler *c)
{
    if (ts_is(c, T_LT))
        ts_skip_type_params(c);
    if (!ts_is(c, T_LPAREN))
        ts_unexpected(c, "(");
    skip_balanced(c);
    if (!ts_is(c, T_ARROW))
        ts_unexpected(c, "=>");
    /* the return type, which may be a predicate */
    ts_skip_return_type(c);
}

/* Behind a name: `is T` of a predicate, skipped. */
static bool skip_is(struct swd_ts_compiler *c)
{
    if (!ts_is_word(c, W_is) || c->tok.nl)
        return false;
    ts_next(c);
    ts_skip_type(c);
    return true;
}

/* At `:` or `=>`: skips it and a return type (`x is T`, `asserts x is T` too). */
void ts_skip_return_type(struct swd_ts_compiler *c)
{
    struct ts_mark m;
    ts_next(c);
    if (ts_is_word(c, W_asserts)) {
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_WORD) && !c->tok.nl && !ts_is_word(c, W_is)) {
            ts_next(c);
            skip_is(c);
            return;
        }
        ts_rewind(c, &m);
    }
    if (ts_is(c, T_WORD)) {
        ts_mark(c, &m);
        ts_next(c);
        if (skip_is(c))
            return;
        ts_rewind(c, &m);
    }
    ts_skip_type(c);
}

void ts_skip_return_annotation(struct swd_ts_compiler *c)
{
    if (ts_is(c, T_COLON))
        ts_skip_return_type(c);
}

void ts_skip_annotation(struct swd_ts_compiler *c)
{
    if (ts_eat(c, T_COLON))
        ts_skip_type(c);
}

static void skip_reference(struct swd_ts_compiler *c)
{
    ts_next(c);
    while (ts_is(c, T_DOT)) {
        ts_next(c);
        ts_expect(c, T_WORD);
    }
    if (!c->tok.nl && (ts_is(c, T_LT) || ts_is(c, T_SHL)))
        ts_skip_type_args(c);
}

static void skip_import_type(struct swd_ts_compiler *c)
{
    ts_next(c);
    if (!ts_is(c, T_LPAREN))
        ts_unexpected(c, "(");
    skip_balanced(c);
    while (ts_eat(c, T_DOT))
        ts_expect(c, T_WORD);
    if (!c->tok.nl && ts_is(c, T_LT))
        ts_skip_type_args(c);
}

static void skip_word_type(struct swd_ts_compiler *c)
{
    u32 w = c->tok.name;
    struct ts_mark m;
    switch (w) {
    case W_typeof:
        ts_next(c);
        if (ts_is_word(c, W_import))
            skip_import_type(c);
        else
            skip_reference(c);
        return;
    case W_import: skip_import_type(c); return;
    case W_abstract:
        ts_mark(c, &m);
        ts_next(c);
        if (!ts_is_word(c, W_new)) {
            ts_rewind(c, &m);
            skip_reference(c);
            return;
        }
        ts_next(c);
        skip_function_type(c);
        return;
    case W_new:
        ts_next(c);
        skip_function_type(c);
        return;
    case W_keyof:
    case W_unique:
    case W_readonly:
    case W_infer:
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is(c, T_WORD) || ts_is(c, T_LPAREN) || ts_is(c, T_LBRACK) || ts_is(c, T_LBRACE) ||
            ts_is(c, T_STR) || ts_is(c, T_TEMPLATE)) {
            skip_primary(c);
            return;
        }
        ts_rewind(c, &m);
        skip_reference(c);
        return;
    default: skip_reference(c);
    }
}

static void skip_primary(struct swd_ts_compiler *c)
{
    ts_deep(c);
    switch (c->tok.kind) {
    case T_WORD: skip_word_type(c); break;
    case T_STR:
    case T_NUM: ts_next(c); break;
    case T_MINUS:
        ts_next(c);
        ts_expect(c, T_NUM);
        break;
    case T_TEMPLATE:
        while (!c->tok.tail) {
            ts_next(c);
            ts_skip_type(c);
            if (!ts_is(c, T_RBRACE))
                ts_unexpected(c, "}");
            ts_lex_template(c);
        }
        ts_next(c);
        break;
    case T_LBRACE: skip_balanced(c); break;
    case T_LBRACK: skip_balanced(c); break;
    case T_LT: skip_function_type(c); return;
    case T_LPAREN:
        if (function_type(c)) {
            skip_function_type(c);
            return;
        }
        ts_next(c);
        ts_skip_type(c);
        ts_expect(c, T_RPAREN);
        break;
    default: ts_unexpected(c, "a type");
    }
    for (;;) {
        if (ts_is(c, T_LBRACK) && !c->tok.nl)
            skip_balanced(c);
        else if (ts_is(c, T_NOT) && !c->tok.nl)
            ts_next(c);
        else
            return;
    }
}

static void skip_union(struct swd_ts_compiler *c)
{
    while (ts_is(c, T_OR) || ts_is(c, T_AND))
        ts_next(c);
    for (;;) {
        skip_primary(c);
        if (!ts_is(c, T_OR) && !ts_is(c, T_AND))
            return;
        ts_next(c);
    }
}

void ts_skip_type(struct swd_ts_compiler *c)
{
    ts_deep(c);
    if (ts_is_word(c, W_asserts) || ts_is(c, T_WORD)) {
        struct ts_mark m; /* `x is T` where a type may be a predicate */
        ts_mark(c, &m);
        ts_next(c);
        if (ts_is_word(c, W_is) && !c->tok.nl)
            ts_next(c);
        else
            ts_rewind(c, &m);
    }
    skip_union(c);
    if (ts_is_word(c, W_extends) && !c->tok.nl) {
        ts_next(c);
        skip_union(c);
        while (ts_eat_word(c, W_extends)) /* infer U extends X */
            skip_union(c);
        if (ts_is(c, T_QUESTION)) {
            ts_next(c);
            ts_skip_type(c);
            ts_expect(c, T_COLON);
            ts_skip_type(c);
        }
    }
}

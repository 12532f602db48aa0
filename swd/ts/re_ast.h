/* The tree between the parser and the code generator of regular expressions. Internal to re_*.c.
 *
 * Nodes live in the compile's bump arena and are never freed by themselves. Children of SEQ and ALT
 * are a list through `next`. */
#ifndef SWD_TS_RE_AST_H
#define SWD_TS_RE_AST_H

#include "ts/re.h"
#include "ts/re_set.h"

enum re_kind {
    RE_EMPTY,
    RE_CHAR, /* cp */
    RE_ANY,  /* . */
    RE_SET,  /* set, resolved: closed over case and inverted */
    RE_SEQ,
    RE_ALT,
    RE_GROUP, /* capture `group`, child */
    RE_LOOK,  /* child; behind, negate */
    RE_BOL,
    RE_EOL,
    RE_WORD,    /* \b, \B by negate */
    RE_BACKREF, /* group */
    RE_QUANT,   /* child, min, max, greedy */
};

#define RE_INF UINT32_MAX

struct re_node {
    uint8_t kind;
    bool behind, negate, greedy;
    uint32_t cp;
    uint32_t group;
    uint32_t min, max;
    uint32_t cap_from, cap_to; /* QUANT: groups inside, cap_from <= g < cap_to */
    struct re_node *child, *next;
    struct swd_re_set *set;
};

struct re_tree {
    struct swd_bump *bump;
    struct re_node *root;
    unsigned flags;
    uint32_t groups;
    struct swd_re_name *names;
    uint32_t nnames;
};

/* Parses; fills tree and, on an error, out->error and out->error_at. */
int swd_re_parse(struct swd_bump *b, const char *pattern, size_t n, unsigned flags,
                 struct re_tree *tree, struct swd_re_out *out);

/* The program of a tree: out->prog, out->words. */
int swd_re_generate(struct re_tree *tree, struct swd_re_out *out);

/* Whether the node can match without consuming; conservative (true when unsure). */
bool swd_re_nullable(const struct re_node *n);

#endif

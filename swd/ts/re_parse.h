/* Shared by the files that parse patterns. Not for other files. What answers a node or a character
 * answers NULL or NO_UNIT after an error, which stays in p->rc. */
#ifndef SWD_TS_RE_PARSE_H
#define SWD_TS_RE_PARSE_H

#include <string.h>

#include "base/check.h"
#include "base/err.h"
#include "ts/re_ast.h"

#define NO_UNIT UINT32_MAX

struct named_ref {
    struct re_node *node;
    const char *name;
    size_t len;
    uint32_t at;
    struct named_ref *next;
};

struct re_parser {
    struct swd_bump *b;
    const uint16_t *s;
    uint32_t n, i;
    bool u, icase, named; /* named: the N parameter of the grammar */
    uint32_t total;       /* groups in the whole pattern, counted beforehand */
    uint32_t groups;      /* opened so far */
    unsigned depth;
    struct re_tree *tree;
    struct named_ref *refs;
    int rc;
    const char *error;
    uint32_t error_at;
};

/* re_parse.c */
void *re_fail_at(struct re_parser *p, uint32_t at, const char *msg);
void *re_oom(struct re_parser *p);
struct re_node *re_new(struct re_parser *p, enum re_kind k);
uint32_t re_unit(const struct re_parser *p, uint32_t k); /* the k-th ahead; NO_UNIT: none */
bool re_eat(struct re_parser *p, uint32_t c);
uint32_t re_next_char(struct re_parser *p, bool whole); /* a whole pair when `whole` */
uint32_t re_hex_ahead(const struct re_parser *p, uint32_t off, uint32_t k);
uint32_t re_unicode_escape(struct re_parser *p, bool unicode);
uint32_t re_decimal(struct re_parser *p, uint32_t *off);

/* re_class.c */
uint32_t re_char_escape(struct re_parser *p, bool in_class);
bool re_class_escape(struct re_parser *p, struct swd_re_set *s);
struct re_node *re_set_node(struct re_parser *p, struct swd_re_set *s, bool invert);
struct re_node *re_char_class(struct re_parser *p);

#endif

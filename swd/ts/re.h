/* Regular expressions of ECMAScript 2023: checked, compiled and matched here.
 *
 * swd_re_compile() parses a pattern with every early error of the standard (Annex B without the u
 * flag) and gives a program for swd_re_exec(), which runs everything the standard has; Duktape's
 * own engine is not used (it is 10 to 300 times slower and overflows on long subjects). Programs
 * are position-independent words without pointers; they may be copied, relocated and cached.
 *
 * swd_re_exec() backtracks over frames on a heap of its own, never on the C stack, asks a hook
 * every few thousand steps, and gives up with an error, never with a wrong answer.
 *
 * No state is kept between calls: any thread. Memory comes from the arena given. */
#ifndef SWD_TS_RE_H
#define SWD_TS_RE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/arena.h"

enum swd_re_flag {
    SWD_RE_HAS_INDICES = 1 << 0, /* d */
    SWD_RE_GLOBAL = 1 << 1,      /* g */
    SWD_RE_IGNORE_CASE = 1 << 2, /* i */
    SWD_RE_MULTILINE = 1 << 3,   /* m */
    SWD_RE_DOT_ALL = 1 << 4,     /* s */
    SWD_RE_UNICODE = 1 << 5,     /* u */
    SWD_RE_STICKY = 1 << 6,      /* y */
};

#define SWD_RE_GROUPS_MAX 10000 /* capture groups in one pattern */
#define SWD_RE_DEPTH_MAX  400   /* nested groups */

/* A named group; the name is UTF-8, in the order of the pattern. */
struct swd_re_name {
    const char *name;
    size_t len;
    uint32_t group;
};

struct swd_re_out {
    const uint32_t *prog; /* words of the program */
    size_t words;
    unsigned flags;
    uint32_t groups; /* capture groups, without group 0 */
    const struct swd_re_name *names;
    size_t nnames;
    const char *error; /* set on SWD_ESYNTAX and SWD_ELIMIT: what is wrong (constant) */
    size_t error_at;   /* byte offset in the pattern; offset in the flags for a bad flag */
    bool error_in_flags;
};

/* Flags as text: 0 and `*flags`, or SWD_ESYNTAX with *at at the unknown or repeated letter. */
int swd_re_flags(const char *s, size_t n, unsigned *flags, size_t *at);

/* The canonical text of a flag set ("dgimsuy"); `buf` holds 8 bytes. */
const char *swd_re_flags_text(unsigned flags, char buf[8]);

/* Compiles `pattern` (UTF-8; surrogates encoded as three bytes each are taken as such, a pair of
 * them as one character). Everything in `out` lives in `b`. 0, SWD_ESYNTAX (an early error),
 * SWD_ELIMIT (too large), SWD_ENOMEM. Cost: linear in the pattern, plus the size of the classes. */
int swd_re_compile(struct swd_bump *b, const char *pattern, size_t n, const char *flags, size_t nf,
                   struct swd_re_out *out);

/* Only checks: as swd_re_compile(), without a program. For the parser of scripts. */
int swd_re_check(struct swd_bump *b, const char *pattern, size_t n, const char *flags, size_t nf,
                 struct swd_re_out *out);

#define SWD_RE_NONE UINT32_MAX /* a group that took no part */

/* What a match may use. `check` is asked every SWD_RE_CHECK_STEPS steps; non-zero stops the match
 * with that value (negative). `grow` answers a block of `n` bytes holding the first `old_n` of
 * `old`, or NULL, `old` stays valid then; `release` takes it back. */
#define SWD_RE_CHECK_STEPS 8192
struct swd_re_host {
    int (*check)(void *arg);
    void *(*grow)(void *arg, void *old, size_t old_n, size_t n);
    void (*release)(void *arg, void *p);
    void *arg;
    size_t max_bytes; /* bound on the frames; 0: 64 MiB */
};

/* A subject: UTF-16 units, or bytes when all are below 256. */
struct swd_re_text {
    const void *units;
    uint32_t len;
    bool wide; /* uint16_t units */
};

/* Looks for a match at `start` or later (only at `start` when `sticky`). `caps` takes
 * 2 * (groups + 1) offsets, SWD_RE_NONE for groups that took no part. 1 match, 0 none,
 * SWD_ELIMIT (frames), SWD_ENOMEM, SWD_ECORRUPT (not a program), or what `check` answered. */
int swd_re_exec(const uint32_t *prog, size_t words, const struct swd_re_text *t, uint32_t start,
                bool sticky, uint32_t *caps, const struct swd_re_host *host);

/* Capture groups of a program, without group 0. */
uint32_t swd_re_prog_groups(const uint32_t *prog);
unsigned swd_re_prog_flags(const uint32_t *prog);

#endif

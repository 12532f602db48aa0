/* The generated Unicode facts of re_unidata.c, internal to the regular expressions of `ts`.
 *
 * A set is `n` pairs of varints (gap to the previous range's end, length - 1) at `off` in
 * swd_re_set_bytes. Case tables map the characters first, first + stride, ... last by adding delta:
 * swd_re_upper is Canonicalize() without the u flag, swd_re_fold maps each character to one member
 * of its simple case folding class. Constant data, any thread. */
#ifndef SWD_TS_RE_UNIDATA_H
#define SWD_TS_RE_UNIDATA_H

#include <stdint.h>

enum swd_re_prop_kind { SWD_RE_PROP_GC, SWD_RE_PROP_BINARY, SWD_RE_PROP_SC, SWD_RE_PROP_SCX };

struct swd_re_set_ref {
    uint32_t off;
    uint32_t n;
};

/* Sorted by name; a script's name stands twice, for Script and for Script_Extensions. */
struct swd_re_prop {
    const char *name;
    uint8_t kind;
    uint16_t set;
};

struct swd_re_case {
    uint32_t first, last;
    int32_t delta;
    uint32_t stride;
};

extern const uint8_t swd_re_set_bytes[];
extern const struct swd_re_set_ref swd_re_sets[];
extern const struct swd_re_prop swd_re_props[];
extern const unsigned swd_re_prop_count;
extern const struct swd_re_case swd_re_upper[], swd_re_fold[];
extern const unsigned swd_re_upper_count, swd_re_fold_count;
extern const unsigned swd_re_id_start, swd_re_id_continue;

#endif

/* Methods and their parameters: the table of base/methods.def, and the one validator that it
 * drives. Pure functions over constant tables, any thread. */
#ifndef SWD_CONTROL_PARAMS_H
#define SWD_CONTROL_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/err.h"

enum swd_privilege { SWD_PRIV_READ, SWD_PRIV_SUBMIT, SWD_PRIV_ADMIN };

enum swd_method_index {
#define SWD_METHOD(sym, name, alias, params, priv, help) SWD_METHOD_##sym,
#include "base/methods.def"
#undef SWD_METHOD
    SWD_METHOD_COUNT
};

struct swd_method {
    const char *name, *alias, *params;
    enum swd_privilege privilege;
    const char *help;
};

extern const struct swd_method swd_methods[SWD_METHOD_COUNT];

/* The index of a method by name or alias. SWD_EMETHOD with the nearest known name in the hint. */
int swd_method_find(const char *name, struct swd_err *e);

/* Checks `params` (NULL: none given) against a method's list: an object, no unknown name, every
 * type right, everything required there. SWD_EPARAMS, with the name in `field`. */
int swd_params_check(const struct swd_method *m, const json_t *params, struct swd_err *e);

/* Readers for checked parameters; the default when absent. */
const char *swd_param_str(const json_t *params, const char *name, const char *def);
uint64_t swd_param_uint(const json_t *params, const char *name, uint64_t def);
bool swd_param_bool(const json_t *params, const char *name, bool def);

#endif

/* Settings of pools by their names, as swd.conf has them. Any thread. */
#ifndef SWD_POOL_SETTINGS_H
#define SWD_POOL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/strvec.h"

enum swd_pool_setting {
    SWD_POOL_SET_DISABLED, /* NAME or "all": the opposite of swd_pool_set_enabled() */
    SWD_POOL_SET_KEEP,     /* NAME=NUMBER: swd_pool_set_keep() */
    SWD_POOL_SET_AHEAD,    /* NAME=NUMBER: swd_pool_set_ahead() */
    SWD_POOL_SET_DEBUG,    /* NAME or "all": swd_pool_set_debug() */
    SWD_POOL_SETTINGS
};

/* "disabled", "keep", "ahead", "debug". */
const char *swd_pool_setting_name(enum swd_pool_setting s);

/* Reads "NAME=NUMBER" (`numbers`; typed pools only), or "NAME", "slice" or "all": `*id` is then a
 * typed pool, SWD_POOL_TYPED or SWD_POOL_ALL. False: neither. */
bool swd_pool_item(const char *text, size_t n, bool numbers, unsigned *id, uint64_t *number);

/* Applies one setting to every pool: what `items` say, and the default to those not named. */
void swd_pool_configure(enum swd_pool_setting s, const struct swd_strvec *items);

#endif

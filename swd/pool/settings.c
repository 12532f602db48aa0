/* Settings of pools by name: see settings.h. */
#include "pool/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pool/pool.h"

static const char *const names[SWD_POOL_SETTINGS] = {"disabled", "keep", "ahead", "debug"};

static const size_t default_keep[] = {
#define SWD_POOL(sym, name, keep, caller) keep,
#include "pool/pools.def"
#undef SWD_POOL
};

const char *swd_pool_setting_name(enum swd_pool_setting s)
{
    return names[s];
}

static bool name_parse(const char *text, size_t n, unsigned *id)
{
    char name[32];
    if (n == 0 || n >= sizeof(name))
        return false;
    memcpy(name, text, n);
    name[n] = '\0';
    *id = swd_pool_find(name);
    if (*id == SWD_POOL_ALL && strcmp(name, swd_pool_name(SWD_POOL_TYPED)) == 0)
        *id = SWD_POOL_TYPED;
    return *id != SWD_POOL_ALL || strcmp(name, "all") == 0;
}

bool swd_pool_item(const char *text, size_t n, bool numbers, unsigned *id, uint64_t *number)
{
    const char *eq = memchr(text, '=', n);
    size_t len = eq != NULL ? (size_t)(eq - text) : n;
    *number = 1;
    if (numbers != (eq != NULL) || !name_parse(text, len, id))
        return false;
    if (!numbers)
        return true;
    size_t digits = n - len - 1;
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)eq[1 + i]))
            return false;
        *number = *number * 10 + (uint64_t)(eq[1 + i] - '0');
    }
    return digits > 0 && digits <= 9 && *id < SWD_POOL_TYPED;
}

static void apply(enum swd_pool_setting s, unsigned id, uint64_t value)
{
    if (s == SWD_POOL_SET_DEBUG && swd_pool_debug(id) != (value != 0))
        swd_pool_set_debug(id, value != 0);
    else if (s == SWD_POOL_SET_DISABLED && swd_pool_enabled(id) != (value == 0))
        swd_pool_set_enabled(id, value == 0);
    else if (s == SWD_POOL_SET_KEEP && id < SWD_POOL_TYPED)
        swd_pool_set_keep(id, (size_t)value);
    else if (s == SWD_POOL_SET_AHEAD && id < SWD_POOL_TYPED)
        swd_pool_set_ahead(id, (size_t)value);
}

void swd_pool_configure(enum swd_pool_setting s, const struct swd_strvec *items)
{
    bool numbers = s == SWD_POOL_SET_KEEP || s == SWD_POOL_SET_AHEAD;
    uint64_t want[SWD_POOL_ALL] = {0};
    for (unsigned i = 0; i < SWD_POOL_TYPED; i++)
        want[i] = s == SWD_POOL_SET_KEEP ? default_keep[i] : 0;
    for (size_t i = 0; i < swd_strvec_count(items); i++) {
        unsigned id;
        uint64_t value;
        size_t n;
        const char *text = swd_strvec_at(items, i, &n);
        if (!swd_pool_item(text, n, numbers, &id, &value))
            continue; /* refused when the file was read */
        if (id < SWD_POOL_TYPED) {
            want[id] = value;
            continue;
        }
        for (unsigned k = id == SWD_POOL_ALL ? 0 : id; k < SWD_POOL_ALL; k++)
            want[k] = value;
    }
    for (unsigned i = 0; i < SWD_POOL_ALL; i++)
        apply(s, i, want[i]);
}

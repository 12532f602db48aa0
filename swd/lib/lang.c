/* Languages and goals: see lang.h. */
#include "lib/lang.h"

#include <string.h>

#include "base/check.h"

static const char *const lang_names[] = {
    [SWD_LANG_AUTO] = "auto", [SWD_LANG_JS] = "js",   [SWD_LANG_TS] = "ts",
    [SWD_LANG_TSX] = "tsx",   [SWD_LANG_JSX] = "jsx",
};
static const char *const goal_names[] = {
    [SWD_GOAL_AUTO] = "auto",
    [SWD_GOAL_SCRIPT] = "script",
    [SWD_GOAL_COMMONJS] = "commonjs",
    [SWD_GOAL_MODULE] = "module",
};
static const struct {
    const char *ext;
    enum swd_lang lang;
    enum swd_goal goal;
} extensions[] = {
    {".ts", SWD_LANG_TS, SWD_GOAL_AUTO},      {".mts", SWD_LANG_TS, SWD_GOAL_MODULE},
    {".cts", SWD_LANG_TS, SWD_GOAL_COMMONJS}, {".tsx", SWD_LANG_TSX, SWD_GOAL_AUTO},
    {".jsx", SWD_LANG_JSX, SWD_GOAL_AUTO},    {".mjs", SWD_LANG_JS, SWD_GOAL_MODULE},
    {".cjs", SWD_LANG_JS, SWD_GOAL_COMMONJS},
};

static int name_index(const char *const *names, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], text) == 0)
            return (int)i;
    return -1;
}

int swd_lang_parse(const char *text, enum swd_lang *out)
{
    int i = name_index(lang_names, SWD_ARRAY_LEN(lang_names), text);
    if (i < 0)
        return SWD_EPARAMS;
    *out = (enum swd_lang)i;
    return 0;
}

int swd_goal_parse(const char *text, enum swd_goal *out)
{
    int i = name_index(goal_names, SWD_ARRAY_LEN(goal_names), text);
    if (i < 0)
        return SWD_EPARAMS;
    *out = (enum swd_goal)i;
    return 0;
}

static int extension_index(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < SWD_ARRAY_LEN(extensions); i++) {
        size_t m = strlen(extensions[i].ext);
        if (n > m && strcmp(name + n - m, extensions[i].ext) == 0)
            return (int)i;
    }
    return -1;
}

enum swd_lang swd_lang_of(enum swd_lang asked, const char *name)
{
    int i = extension_index(name);
    if (asked != SWD_LANG_AUTO)
        return asked;
    return i >= 0 ? extensions[i].lang : SWD_LANG_JS;
}

enum swd_goal swd_goal_of(enum swd_goal asked, const char *name)
{
    int i = extension_index(name);
    if (asked != SWD_GOAL_AUTO || i < 0)
        return asked;
    return extensions[i].goal;
}

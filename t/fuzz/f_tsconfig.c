/* libFuzzer: any bytes as a tsconfig.json, which may extend itself. Either it is refused with a
 * message that names the file, or what it gives has the form that the loader expects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/extent.h"
#include "ts/tsconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
    const uint8_t *data;
    size_t n;
};

static int give(void *arg, const char *path, struct swd_bytebuf *out, struct swd_err *e)
{
    const struct input *in = arg;
    if (strcmp(path, "/p/src/tsconfig.json") == 0)
        return SWD_ENOTFOUND;
    if (strncmp(path, "/p/", 3) != 0)
        return swd_fail(e, SWD_EDENIED, "%.100s", path);
    return swd_bytebuf_add(out, in->data, in->n);
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "f_tsconfig: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;
    const struct swd_extent_opts extents = {0};
    struct input in = {data, n};
    struct swd_tsconfig c;
    struct swd_err e = {0};
    int rc;
    if (!ready)
        must(swd_extent_init(&extents, NULL) == 0, "no memory");
    ready = true;
    rc = swd_tsconfig_find("/p/src/a.tsx", true, give, &in, &c, &e);
    if (rc == 0) {
        json_t *paths = c.paths ? json_loads(c.paths, 0, NULL) : NULL;
        must(c.file && strcmp(c.file, "/p/tsconfig.json") == 0, "found another file");
        must(!c.paths || json_is_array(paths), "paths are no JSON");
        must(!c.base || c.base[0] == '/', "baseUrl is not absolute");
        json_decref(paths);
    } else {
        must(rc == SWD_EPARAMS || rc == SWD_ENOMEM, "an unexpected error");
        must(strstr(e.msg, "/p/") != NULL || rc == SWD_ENOMEM, "the message names no file");
    }
    swd_tsconfig_clear(&c);
    return 0;
}

/* What this build is: see about.h. */
#include "daemon/about.h"

#include <jansson.h>
#include <zlib.h>
#include <zstd.h>

#include "engine/engine.h"
#include "loop/loop.h"
#include "version.h"

const char *swd_version(void)
{
    return SWD_VERSION;
}

int swd_version_print(FILE *f)
{
    fprintf(f, "swd %s\n", SWD_VERSION);
    fprintf(f, "compiler   %s\n", __VERSION__);
    fprintf(f, "engine     Duktape %s, configuration %s\n", swd_engine_version(),
            swd_engine_config_hash());
#ifdef SWD_SAN_thread
    fputs("hard stop  no: this build is for the thread sanitizer\n", f);
#else
    fputs("hard stop  yes\n", f);
#endif
    fprintf(f, "libraries  libevent %s, jansson %s, zlib %s, zstd %s\n", swd_loop_library(),
            JANSSON_VERSION, zlibVersion(), ZSTD_versionString());
#ifdef SWD_DEBUG
    fputs("build      debug\n", f);
#else
    fputs("build      release\n", f);
#endif
    return 0;
}

/* Places by generated line: see linemap.h. The map is our own transpiler's: one source, segments of
 * four or five numbers in base 64 VLQ. Of the mappings of a line, the last one counts: the throwing
 * site stands at the end of its line. */
#include "lib/linemap.h"

#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/err.h"
#include "engine/place.h"

struct reader {
    const char *p, *end;
    int64_t line, column; /* of the original, from 0 */
};

static bool number(struct reader *r, int64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; r->p < r->end && shift < 60; shift += 5) {
        int d = swd_base64_digit((unsigned char)*r->p);
        if (d < 0)
            return false;
        r->p++;
        v |= (uint64_t)(d & 31) << shift;
        if (!(d & 32)) {
            *out = v & 1 ? -(int64_t)(v >> 1) : (int64_t)(v >> 1);
            return true;
        }
    }
    return false;
}

/* generated column, source, line, column[, name] */
static bool segment(struct reader *r)
{
    int64_t v[5];
    int n = 0;
    while (n < 5 && number(r, &v[n]))
        n++;
    if (n >= 4) {
        r->line += v[2];
        r->column += v[3];
    }
    return n >= 4;
}

static int add(struct swd_linemap *m, uint32_t place)
{
    if (!m->pairs && !(m->pairs = swd_valvec_get()))
        return SWD_ENOMEM;
    if (m->n % 2 == 0) {
        int rc = swd_valvec_add(m->pairs, (union swd_value){.u = 0});
        if (rc != 0)
            return rc;
    }
    m->pairs->v[m->n / 2].half[m->n % 2] = place;
    m->n++;
    return 0;
}

int swd_linemap_read(struct swd_linemap *m, const char *json, size_t n)
{
    static const char key[] = "\"mappings\":\"";
    const char *at = memmem(json, n, key, sizeof key - 1);
    struct reader r = {.p = at ? at + sizeof key - 1 : json + n, .end = json + n};
    uint32_t place = swd_place(1, 0);
    while (r.p < r.end) {
        char c = *r.p;
        if (c == ';' || c == '"') {
            if (add(m, place) != 0)
                return SWD_ENOMEM;
            r.p++;
            if (c == '"')
                return 0;
        } else if (c == ',') {
            r.p++;
        } else if (segment(&r)) {
            place = swd_place((uint32_t)r.line + 1, (uint32_t)r.column + 1);
        } else if (r.p < r.end && !strchr(",;\"", *r.p) &&
                   swd_base64_digit((unsigned char)*r.p) < 0) {
            return 0;
        }
    }
    return 0;
}

void swd_linemap_free(struct swd_linemap *m)
{
    swd_valvec_put(&m->pairs);
    m->n = 0;
}

/* String vectors: see strvec.h. A value vector of offsets and a byte buffer of texts; a pooled
 * vector keeps both while they are small. */
#include "pool/strvec.h"

#include <string.h>

#include "base/err.h"
#include "pool/copy.h"
#include "pool/pool.h"

static void destroy(void *p)
{
    struct swd_strvec *vec = p;
    swd_valvec_put(&vec->at);
    swd_bytebuf_put(&vec->text);
}

static const struct swd_pool_type type = {sizeof(struct swd_strvec), destroy};
SWD_POOL_TYPE(SWD_POOL_STRVEC, type)

struct swd_strvec *swd_strvec_get(void)
{
    return swd_pool_get(SWD_POOL_STRVEC, &type, SWD_HERE);
}

/* Inline, so that putting a short vector calls nothing. */
static inline void clear(struct swd_strvec *vec)
{
    struct swd_valvec *at = vec->at;
    struct swd_bytebuf *text = vec->text;
    if (at != NULL) {
        swd_clear(at->v, at->n * sizeof(*at->v));
        at->n = 0;
    }
    if (text == NULL)
        return;
    if (text->len != 0) {
        swd_clear(text->data, text->len + 1);
        text->len = 0;
    }
    text->failed = false;
}

void swd_strvec_clear(struct swd_strvec *vec)
{
    clear(vec);
}

void swd_strvec_put(struct swd_strvec **vp)
{
    struct swd_strvec *vec = *vp;
    *vp = NULL;
    if (vec == NULL)
        return;
    size_t cap = vec->at != NULL ? vec->at->cap : 0;
    bool long_text = vec->text != NULL && vec->text->cap > swd_pool_keep(SWD_POOL_BYTEBUF);
    if (cap > swd_pool_keep(SWD_POOL_STRVEC) || long_text) {
        swd_pool_note_oversize(SWD_POOL_STRVEC, SWD_OVERSIZE_KEPT, cap);
        destroy(vec);
    } else {
        clear(vec);
    }
    swd_pool_put(SWD_POOL_STRVEC, &type, vec);
}

static __attribute__((noinline)) int make_room(struct swd_strvec *vec, size_t n)
{
    if (vec->at == NULL)
        vec->at = swd_valvec_get();
    if (vec->text == NULL)
        vec->text = swd_bytebuf_get(SIZE_MAX / 4);
    if (vec->at == NULL || vec->text == NULL || n > SIZE_MAX / 8 ||
        swd_bytebuf_reserve(vec->text, n + 1) != 0 ||
        swd_valvec_reserve(vec->at, vec->at->n + 1) != 0)
        return SWD_ENOMEM;
    return 0;
}

static inline bool has_room(const struct swd_strvec *vec, size_t n)
{
    return vec->at != NULL && vec->text != NULL && vec->at->n < vec->at->cap &&
           vec->text->cap > n + 1 && vec->text->len < vec->text->cap - n - 1;
}

int swd_strvec_add(struct swd_strvec *vec, const char *s, size_t n)
{
    if (SWD_UNLIKELY(n > SIZE_MAX / 8 || !has_room(vec, n))) {
        int rc = make_room(vec, n);
        if (rc != 0)
            return rc;
    }
    struct swd_bytebuf *t = vec->text;
    size_t begin = t->len;
    vec->at->v[vec->at->n++].u = begin;
    swd_copy(t->data + begin, s, n);
    t->len = begin + n + 1;
    t->data[t->len - 1] = t->data[t->len] = '\0';
    return 0;
}

int swd_strvec_split(struct swd_strvec *vec, const char *s, size_t n, const char *seps)
{
    size_t begin = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && (s[i] == '\0' || strchr(seps, s[i]) == NULL))
            continue;
        int rc = i > begin ? swd_strvec_add(vec, s + begin, i - begin) : 0;
        if (rc != 0)
            return rc;
        begin = i + 1;
    }
    return 0;
}

size_t swd_strvec_count(const struct swd_strvec *vec)
{
    return vec->at != NULL ? vec->at->n : 0;
}

const char *swd_strvec_at(const struct swd_strvec *vec, size_t i, size_t *n)
{
    swd_assert(i < swd_strvec_count(vec));
    size_t begin = vec->at->v[i].u;
    size_t end = i + 1 < vec->at->n ? vec->at->v[i + 1].u : vec->text->len;
    if (n != NULL)
        *n = end - begin - 1;
    return vec->text->data + begin;
}

/* Messages on their way to a runner. Pooled; a text that does not fit in the message itself (216
 * bytes) lies in a slice. Any thread. */
#include <string.h>

#include "pool/pool.h"
#include "pool/slab.h"
#include "runner/runner-int.h"

SWD_POOL_DEFINE(message, SWD_POOL_MESSAGE, struct swd_message, NULL)
SWD_POOL_TYPE(SWD_POOL_MESSAGE, message_pool_type)

struct swd_message *swd_message_new(const char *json, size_t n)
{
    struct swd_message *m = message_get();
    if (!m)
        return NULL;
    swd_list_init(&m->link);
    m->n = n;
    m->json = n < sizeof m->small ? m->small : swd_slab_alloc(n + 1);
    if (!m->json)
        message_put(&m);
    else
        memcpy(m->json, json, n);
    return m;
}

void swd_message_free(struct swd_message **p)
{
    struct swd_message *m = *p;
    if (m && m->json != m->small)
        swd_slab_free(m->json, m->n + 1);
    message_put(p);
}

/* Assertions by kind, checked casts, small macros. Header only.
 *
 * swd_assert(c)  an invariant: when it fails the program is wrong; always on, aborts.
 * swd_dassert(c) an expensive invariant: only in builds with SWD_DEBUG.
 * Objects that cross a void pointer open with `unsigned magic`; SWD_CAST() checks it. */
#ifndef SWD_BASE_CHECK_H
#define SWD_BASE_CHECK_H

#include <stddef.h>
#include <stdint.h>

_Noreturn void swd_panic(const char *file, int line, const char *what);

#define swd_assert(c) ((c) ? (void)0 : swd_panic(__FILE__, __LINE__, #c))
#ifdef SWD_DEBUG
#define swd_dassert(c) swd_assert(c)
#else
#define swd_dassert(c) ((void)0)
#endif

#define SWD_CHECK(p, m) swd_assert((p) != NULL && (p)->magic == (m))

/* SWD_CAST(struct swd_runner, SWD_RUNNER_MAGIC, ptr): a checked cast from void pointer. */
#define SWD_CAST(type, m, p)                                                                       \
    __extension__({                                                                                \
        type *swd_cast_ = (p);                                                                     \
        SWD_CHECK(swd_cast_, m);                                                                   \
        swd_cast_;                                                                                 \
    })

#define SWD_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define SWD_LIKELY(c)    __builtin_expect(!!(c), 1)
#define SWD_UNLIKELY(c)  __builtin_expect(!!(c), 0)
#define SWD_CONTAINER(p, type, member)                                                             \
    ((type *)(void *)((char *)(void *)(p)-offsetof(type, member)))

#endif

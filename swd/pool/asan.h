/* Poisoning for AddressSanitizer builds; nothing elsewhere. SWD_NO_ASAN marks allocator internals
 * that read and write poisoned words (headers, free-list links). Header only. */
#ifndef SWD_POOL_ASAN_H
#define SWD_POOL_ASAN_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SWD_ASAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SWD_ASAN 1
#endif

#ifdef SWD_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
/* Memory that LeakSanitizer looks through for pointers to malloc'ed blocks. */
#define SWD_LSAN_ROOT(p, n)   __lsan_register_root_region((p), (n))
#define SWD_LSAN_UNROOT(p, n) __lsan_unregister_root_region((p), (n))
#define SWD_POISON(p, n)      __asan_poison_memory_region((p), (n))
#define SWD_UNPOISON(p, n)    __asan_unpoison_memory_region((p), (n))
#define SWD_NO_ASAN           __attribute__((no_sanitize_address))
#else
#define SWD_POISON(p, n)   ((void)(p), (void)(n))
#define SWD_UNPOISON(p, n) ((void)(p), (void)(n))
#define SWD_NO_ASAN
#define SWD_LSAN_ROOT(p, n)   ((void)(p), (void)(n))
#define SWD_LSAN_UNROOT(p, n) ((void)(p), (void)(n))
#endif

#endif

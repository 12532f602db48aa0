/* Loaded functions: scripts evaluated ahead of time, called in fresh clones.
 *
 * A function is one version of a name, immutable once published and reference-counted: a new load
 * replaces the name at once and calls under way finish on the old version. Its image may be missing
 * (refused when it was loaded, or evicted from the budget): calls then run the source first. The
 * table belongs to the loop thread; the figures may be noted from there only. */
#ifndef SWD_RUNNER_FUNCTION_H
#define SWD_RUNNER_FUNCTION_H

#include "lib/lib.h"
#include "runner/runner.h"

struct swd_function;

/* A version to be: name, file (shown in its errors), source and dialect (may be NULL) are
 * copied. NULL when out of memory. */
struct swd_function *swd_function_new(const char *name, const char *file, const char *source,
                                      size_t n, enum swd_lang lang,
                                      const struct swd_dialect *dialect);
const struct swd_dialect *swd_function_dialect(const struct swd_function *f); /* may be NULL */
const char *swd_function_file(const struct swd_function *f);
struct swd_function *swd_function_ref(struct swd_function *f);
void swd_function_unref(struct swd_function **f);

/* Before publication, by whoever evaluates it: the image (taken over), or why there is none. */
void swd_function_set_image(struct swd_function *f, struct swd_lib_image *img, const char *reason);

const char *swd_function_source(const struct swd_function *f, size_t *n, enum swd_lang *lang);
/* A reference to the image, or NULL. Loop thread. */
struct swd_lib_image *swd_function_image(const struct swd_function *f);

/* The table. */
struct swd_functions;
struct swd_functions *swd_functions_new(void);
void swd_functions_free(struct swd_functions **fs);
/* Enters a version (a reference is taken) and evicts images beyond the budget, the least recently
 * called first. */
void swd_functions_publish(struct swd_functions *fs, struct swd_function *f, uint64_t budget);
void swd_functions_set_budget(struct swd_functions *fs, uint64_t budget);
/* Borrowed; NULL when unknown. `use` moves it to the recently called. */
struct swd_function *swd_functions_find(struct swd_functions *fs, const char *name, bool use);
/* SWD_ENOTFOUND. */
int swd_functions_remove(struct swd_functions *fs, const char *name);

/* A call of `f` ended after `ns`. */
void swd_function_note(struct swd_function *f, uint64_t ns, bool ok);

void swd_functions_each(struct swd_functions *fs,
                        void (*row)(void *arg, const struct swd_function_info *), void *arg);

#endif

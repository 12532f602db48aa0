/* Parts: source texts of the binary, compiled once for the process.
 *
 * Whoever needs a part first has it compiled aside, in a heap that lives no longer than that; the
 * bytecode is kept, and every heap loads it: the first as all others, the three builds of an image
 * as its clones. So what a heap becomes does not depend on who came before it. Bytecode is only
 * what this process produced: Duktape does not check what it loads. Any thread; a lock is held
 * while something is compiled. */
#ifndef SWD_ENGINE_PART_H
#define SWD_ENGINE_PART_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/duk.h"

struct swd_account;
struct swd_part_code;

struct swd_part {
    const char *file; /* its name in stack traces */
    const char *text; /* ASCII, one expression */
    size_t len;
    const char *keep; /* the constructors among its functions: swd_unit_trim(); "*": all */
    _Atomic(struct swd_part_code *) code;
};

/* Pushes the function whose call answers the expression's value. Throws RangeError when out of
 * memory or native stack. 5 to 20 % of the time that compiling takes, once it is compiled. */
void swd_part_push(duk_context *ctx, struct swd_part *p);

/* Whose memory the code is: until swd_part_forget() (NULL: nobody's). `hold`: the heap that
 * compiles stays for the next part, until it is false. */
void swd_part_account(struct swd_account *account);
void swd_part_hold(bool hold);

/* For a process that makes one heap: parts are compiled in it, and nothing is kept. */
void swd_part_single(bool on);

/* Gives all code back; no heap is at work then. */
void swd_part_forget(void);

struct swd_part_stats {
    uint64_t parts, bytes; /* kept */
    uint64_t compiled, loads;
    uint64_t compile_ns;
};
void swd_part_stats(struct swd_part_stats *out);

#endif

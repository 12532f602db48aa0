/* Places: original line and column, packed where Duktape keeps a line number.
 *
 * While generated code is compiled, the thread's table says for each of its lines which place of
 * the original source it stands for; the compiler records that instead. Without a table (text that
 * was not translated) a place is the line itself, column 0. A place is line | column << 20: lines
 * up to a million, columns up to 4095, beyond which both are left out. */
#ifndef SWD_ENGINE_PLACE_H
#define SWD_ENGINE_PLACE_H

#include <stddef.h>
#include <stdint.h>

#define SWD_PLACE_BITS    20
#define SWD_PLACE_LINE(p) ((p) & ((1u << SWD_PLACE_BITS) - 1))
#define SWD_PLACE_COL(p)  ((uint32_t)(p) >> SWD_PLACE_BITS)

/* Packs a place; what does not fit loses its column. */
static inline uint32_t swd_place(uint32_t line, uint32_t column)
{
    if (line >> SWD_PLACE_BITS)
        line = (1u << SWD_PLACE_BITS) - 1;
    return line | (column < 4096 ? column : 0) << SWD_PLACE_BITS;
}

/* The table of the calling thread for the compilations to come: place of line i + 1 at i. `n` 0:
 * none. Borrowed until the next call; set it back before the memory goes. */
void swd_place_table(const uint32_t *places, size_t n);

/* For the compiler, and for errors: ":5" or "", good until the next call on this thread. */
uint32_t swd_place_of(uint32_t line);
const char *swd_place_column(uint32_t place);

#endif

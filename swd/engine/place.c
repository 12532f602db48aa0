/* Places: see place.h. */
#include "engine/place.h"

static _Thread_local const uint32_t *place_table;
static _Thread_local size_t place_lines;
static _Thread_local char place_text[16];

void swd_place_table(const uint32_t *places, size_t n)
{
    place_table = n ? places : NULL;
    place_lines = n;
}

uint32_t swd_place_of(uint32_t line)
{
    if (!place_table)
        return swd_place(line, 0);
    return line >= 1 && line <= place_lines ? place_table[line - 1] : 0;
}

/* Digits by hand: formatting must not lock, and this is called at depth 0 (turn.h). */
const char *swd_place_column(uint32_t place)
{
    uint32_t col = SWD_PLACE_COL(place);
    char *p = place_text + sizeof place_text - 1;
    if (col == 0)
        return "";
    *p = '\0';
    for (; col; col /= 10)
        *--p = (char)('0' + col % 10);
    *--p = ':';
    return p;
}

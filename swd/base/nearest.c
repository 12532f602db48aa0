/* Nearest word by Levenshtein distance (two-row dynamic programming): see nearest.h. */
#include "base/nearest.h"

#include <string.h>

#define NEAREST_MAX 64

static unsigned edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
    unsigned row[NEAREST_MAX + 1];
    for (size_t j = 0; j <= nb; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= na; i++) {
        unsigned diag = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned subst = diag + (a[i - 1] != b[j - 1]);
            unsigned best = row[j - 1] + 1;
            diag = row[j];
            if (diag + 1 < best)
                best = diag + 1;
            row[j] = subst < best ? subst : best;
        }
    }
    return row[nb];
}

const char *swd_nearest(const char *word, const char *const *words, size_t n)
{
    size_t len = strlen(word);
    const char *best = NULL;
    unsigned bound = len / 3 < 2 ? 2 : (unsigned)(len / 3);
    if (len >= NEAREST_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t m = strlen(words[i]);
        unsigned d;
        if (m >= NEAREST_MAX)
            continue;
        d = edit_distance(word, len, words[i], m);
        if (d <= bound) {
            best = words[i];
            if (d == 0)
                return best;
            bound = d - 1;
        }
    }
    return best;
}

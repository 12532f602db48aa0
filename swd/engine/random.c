/* Math.random(): xoshiro256++ (Blackman and Vigna, 2019) per heap, seeded from the kernel.
 * Not for secrets: that is crypto.getRandomValues(). The heap's own thread. */
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "engine/heap.h"
#include "engine/hooks.h"

static uint64_t random_rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* The kernel's randomness, fetched for many seeds at once: the system call costs more than the rest
 * of a seed. What was handed out is wiped. */
#define SEEDS 64
static _Thread_local struct {
    uint64_t words[SEEDS][4];
    size_t left;
} random_stock;

void swd_random_seed(struct swd_heap *h)
{
    if (random_stock.left == 0 && getrandom(random_stock.words, sizeof random_stock.words,
                                            GRND_NONBLOCK) == (ssize_t)sizeof random_stock.words)
        random_stock.left = SEEDS;
    if (random_stock.left > 0) {
        uint64_t *seed = random_stock.words[--random_stock.left];
        memcpy(h->random, seed, sizeof h->random);
        memset(seed, 0, sizeof h->random);
        return;
    }
    /* Early at boot the kernel may refuse: the clocks and the address must do. */
    h->random[0] = swd_clock_mono();
    h->random[1] = swd_clock_real();
    h->random[2] = (uint64_t)(uintptr_t)h;
    h->random[3] = 0x9e3779b97f4a7c15ULL;
}

double swd_hook_random(void *heap)
{
    uint64_t *s = ((struct swd_heap *)heap)->random;
    uint64_t out = random_rotl(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotl(s[3], 45);
    return (double)(out >> 11) * 0x1p-53;
}

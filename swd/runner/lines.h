/* Console output of one runner: a ring of lines, bounded in bytes (limit `output`).
 *
 * The executor appends, the loop reads; the caller holds the runner's lock for every call. A line
 * that falls off the ring before anybody was sent it, and a line beyond the turn's allowance, are
 * counted as dropped. Memory grows by doubling up to twice the limit (headers included). The ring
 * of a runner that sleeps or has ended is packed (zstd, exactly as large as it has to be); the next
 * look at it unpacks it. */
#ifndef SWD_RUNNER_LINES_H
#define SWD_RUNNER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/runner.h"

struct swd_lines {
    char *ring;
    size_t cap, head, used;       /* head: offset of the oldest entry */
    char *packed;                 /* instead of the ring; NULL: not packed */
    size_t packed_n;              /* `used`: as they are, packing gained nothing */
    size_t text;                  /* bytes of text kept */
    uint64_t first_seq, next_seq; /* kept: first_seq <= seq < next_seq */
    uint64_t dropped;
    uint64_t limit;             /* bytes of text kept at most, and printed at most per turn */
    uint64_t turn;              /* bytes printed in this turn */
    uint64_t gone;              /* bytes of the ring that fell off, ever: offsets stay comparable */
    size_t longest;             /* bytes a copy of the longest line ever kept needs */
    uint64_t hint_seq, hint_at; /* where the last copy ended: at `hint_at - gone` in the ring */
};

void swd_lines_init(struct swd_lines *l, uint64_t limit);
void swd_lines_free(struct swd_lines *l);

/* A new turn may print `limit` bytes again. */
void swd_lines_new_turn(struct swd_lines *l);

/* Appends a line; drops (and counts) old ones for room, or the line itself. `sent` is the first
 * sequence number that nobody was sent yet: older lines fall off without being counted. */
void swd_lines_add(struct swd_lines *l, enum swd_console_level level, const char *text, size_t n,
                   uint64_t sent);

/* Gives back what the ring does not need while nobody looks. Does nothing over 256 KiB (it takes
 * about 1 us a KiB, under the lock) or without memory. */
void swd_lines_pack(struct swd_lines *l);
/* Bytes of memory held. */
size_t swd_lines_held(const struct swd_lines *l);

/* Copies lines from `*seq` on into `buf` (struct swd_line entries followed by their text) until it
 * is full; calls `fn` later with swd_lines_visit(). Answers bytes used; advances `*seq`. Going on
 * where the last copy ended costs O(lines copied). */
size_t swd_lines_copy(struct swd_lines *l, uint64_t *seq, char *buf, size_t size);
void swd_lines_visit(const char *buf, size_t used, void (*fn)(void *arg, const struct swd_line *),
                     void *arg);

#endif

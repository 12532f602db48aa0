/* The program of a compiled regular expression: what re_gen.c writes and re_exec.c runs.
 *
 * Words of 32 bits: a header, the data of sets, the code. Jump targets count words from the start
 * of the code, sets from the start of the program, so a program has no pointers and can be moved.
 * A matcher is three words {kind, a, b}; the kinds are opcodes too (forwards, one unit). */
#ifndef SWD_TS_RE_PROG_H
#define SWD_TS_RE_PROG_H

#define RE_MAGIC 0x31455253u /* "SRE1" */

enum re_header {
    RE_H_MAGIC,
    RE_H_FLAGS,
    RE_H_GROUPS,
    RE_H_SLOTS, /* 2 * (groups + 1) offsets, then loop registers */
    RE_H_CODE,  /* where the code starts */
    RE_H_WORDS, /* of the whole program */
    RE_H_START, /* enum re_start */
    RE_H_LEAD,  /* RE_START_CHAR: the unit */
    RE_H_FIRST, /* RE_START_SET: 8 words of bits for units below 256, 1 word for all others */
    RE_H_SIZE = RE_H_FIRST + 9
};

enum re_start { RE_START_ANY, RE_START_CHAR, RE_START_SET, RE_START_ANCHORED };

/* A set: number of ranges, bits of the first 256 characters, then the ranges that end above. */
#define RE_SET_BITS   1
#define RE_SET_RANGES 9

enum re_op {
    /* matchers, three words */
    RO_CHAR,  /* a */
    RO_CHAR2, /* a or b */
    RO_SET,   /* set at a */
    RO_ANY,   /* not a line terminator */
    RO_ALL,
    /* a matcher by code point, backwards, or both: op, matcher */
    RO_U,
    RO_B,
    RO_UB,
    RO_STR,    /* n, units */
    RO_LOOP1,  /* min, max, greedy, mode (RO_U - 1 .. RO_UB), matcher: one character, many times */
    RO_JMP,    /* to */
    RO_SPLIT,  /* to: go on here, there on failure */
    RO_SPLITL, /* to: go there, on failure here */
    RO_SAVE,   /* slot */
    RO_RESET,  /* from slot, to slot (exclusive) */
    RO_MARK,   /* slot: the position */
    RO_MOVED,  /* slot: fails when nothing was consumed since the mark */
    RO_ZERO,   /* slot: a counter */
    RO_COUNT,  /* slot: counts up */
    RO_LOOP,   /* slot, min, max, greedy, exit */
    RO_MOVED_PAST, /* mark, counter, min, skip: as MOVED, once the counter is past min; before that
                      an empty turn of a body without groups stands for all that are left */
    RO_BOL,
    RO_EOL,
    RO_MBOL,
    RO_MEOL,
    RO_WORD,    /* negate, with the letters that fold to s and k */
    RO_LOOK,    /* slot, negate, where to go on after a negative one */
    RO_LOOKEND, /* slot, negate */
    RO_BACKREF, /* group, backwards, case (0 exact, 1 upper, 2 fold) */
    RO_MATCH
};

#define RE_MODE_CP   1u
#define RE_MODE_BACK 2u

#endif

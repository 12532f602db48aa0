/* libFuzzer: the compiler takes what it prints, and prints the same for the same input. */
#define FUZZ_AGAIN true
#include "t/fuzz/f_ts.c"

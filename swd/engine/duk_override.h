
/* ---- swd's overrides, put here by gen-duk.sh ---------------------------------------------------
 *
 * Only duk_unit.c expands these: it includes engine/turn.h and engine/hooks.h first. Everybody else
 * sees duktape.h's declarations and none of the macros. */

/* The timeout hook, asked every SWD_HOOK_INTERVAL opcodes; it abandons the turn when it must stop
 * and otherwise answers "go on". */
#define DUK_USE_INTERRUPT_COUNTER
#define SWD_HOOK_INTERVAL                 1024L
#define DUK_USE_EXEC_TIMEOUT_CHECK(udata) (swd_hook_check(udata), 0)

/* Regexp steps between two questions to the same hook. */
#define SWD_HOOK_RE_STEPS     1024L
#define SWD_HOOK_RE_CHECK(re) ((re)->steps_count = 0, swd_hook_check((re)->thr->heap->heap_udata))

/* Collections after a refused allocation, and which of them is the first in emergency mode. */
#define SWD_HOOK_REFUSED_GCS 3
#define SWD_HOOK_GENTLE_GCS  2

/* Native stack against the bounds of this turn. */
#define DUK_USE_NATIVE_STACK_CHECK() swd_turn_stack_low()

/* Catch points keep the native depth, and a throw restores it: a native that throws never comes
 * back to count itself out. _setjmp() saves no signal mask; longjmp(), unlike _longjmp(), is known
 * to the sanitizers. */
#undef DUK_JMPBUF_TYPE
#undef DUK_SETJMP
#undef DUK_LONGJMP
#define DUK_JMPBUF_TYPE struct swd_catch
#define DUK_SETJMP(jb)  (swd_catch_save(&(jb)), _setjmp((jb).buf))
#define DUK_LONGJMP(jb) (swd_catch_throw(&(jb)), longjmp((jb).buf, 1))

/* Lines are places of the source that was translated. */
#define SWD_HOOK_PLACE(line) swd_place_of((duk_uint32_t)(line))

/* Randomness per heap; time and zone without glibc's time zone lock. */
#define DUK_USE_GET_RANDOM_DOUBLE(udata) swd_hook_random(udata)
#undef DUK_USE_DATE_NOW_GETTIMEOFDAY
#undef DUK_USE_DATE_TZO_GMTIME_R
#undef DUK_USE_DATE_PRS_STRPTIME
#undef DUK_USE_DATE_FMT_STRFTIME
#undef DUK_USE_GET_MONOTONIC_TIME_CLOCK_GETTIME
#define DUK_USE_DATE_GET_NOW(thr)            swd_hook_now()
#define DUK_USE_DATE_GET_LOCAL_TZOFFSET(d)   swd_hook_zone(d)
#define DUK_USE_DATE_PARSE_STRING(thr, text) swd_unit_date_parse((thr), (text))
#define DUK_USE_GET_MONOTONIC_TIME(thr)      swd_hook_mono()

/* Formatting may allocate or lock inside glibc: it counts as being in a native. */
#undef DUK_SPRINTF
#undef DUK_SNPRINTF
#undef DUK_VSNPRINTF
#undef DUK_SSCANF
#define DUK_SPRINTF   swd_hook_sprintf
#define DUK_SNPRINTF  swd_hook_snprintf
#define DUK_VSNPRINTF swd_hook_vsnprintf
#define DUK_SSCANF    swd_hook_sscanf

/* String.fromCharCode() takes 16-bit units, as the standard says: no text beyond CESU-8. */
#undef DUK_USE_NONSTD_STRING_FROMCHARCODE_32BIT

/* Errors name the script's own files and lines, never Duktape's or ours. */
#undef DUK_FILE_MACRO
#define DUK_FILE_MACRO ((const char *)0)

/* No frame is dropped for a call in tail position: errors show who called. */
#undef DUK_USE_TAILCALL

/* Frames of an error's stack. */
#undef DUK_USE_TRACEBACK_DEPTH
#define DUK_USE_TRACEBACK_DEPTH 16

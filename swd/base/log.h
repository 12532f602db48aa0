/* The log: one event a line, `key=value`, to standard error.
 *
 *     swd_log(SWD_LOG_INFO, "runner.end", "id=%" PRIu64 " name=%s reason=%s", ...)
 *
 * Under systemd (JOURNAL_STREAM set) lines open with an sd-daemon priority `<6>` and no time.
 * Text from outside goes through SWD_LOGQ() so that it can never forge a line or a key; a
 * script's data is never logged. Any thread; one write(2) a line, no allocation. */
#ifndef SWD_BASE_LOG_H
#define SWD_BASE_LOG_H

#include <stddef.h>

enum swd_log_level { SWD_LOG_ERROR, SWD_LOG_WARN, SWD_LOG_INFO, SWD_LOG_DEBUG };

/* Reads the environment (JOURNAL_STREAM); call once, early. */
void swd_log_init(void);
void swd_log_set_level(enum swd_log_level level);
enum swd_log_level swd_log_get_level(void);

/* "error" "warn" "info" "debug" to a level; SWD_EPARAMS otherwise. */
int swd_log_level_parse(const char *text, enum swd_log_level *out);

/* `event` is a stable dotted name; the rest is the formatted key=value tail (may be ""). */
void swd_log(enum swd_log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A quoted, escaped, length-bounded form of outside text. The buffer lives in the caller's frame:
 * `char q[SWD_LOGQ_SIZE]; swd_log(..., "name=%s", swd_log_quote(q, name));` */
#define SWD_LOGQ_SIZE 160
const char *swd_log_quote(char buf[SWD_LOGQ_SIZE], const char *text);

#endif

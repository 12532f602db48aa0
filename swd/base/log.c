/* The log and the panic: see log.h, check.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/err.h"

#define LOG_LINE_MAX 1024

static _Atomic int log_level = SWD_LOG_INFO;
static bool log_journal;
static const char *const level_names[] = {"error", "warn", "info", "debug"};
static const int level_prio[] = {3, 4, 6, 7};

void swd_log_init(void)
{
    log_journal = getenv("JOURNAL_STREAM") != NULL;
}

void swd_log_set_level(enum swd_log_level level)
{
    atomic_store_explicit(&log_level, (int)level, memory_order_relaxed);
}

enum swd_log_level swd_log_get_level(void)
{
    return (enum swd_log_level)atomic_load_explicit(&log_level, memory_order_relaxed);
}

int swd_log_level_parse(const char *text, enum swd_log_level *out)
{
    for (size_t i = 0; i < SWD_ARRAY_LEN(level_names); i++)
        if (strcmp(text, level_names[i]) == 0) {
            *out = (enum swd_log_level)i;
            return 0;
        }
    return SWD_EPARAMS;
}

static size_t log_prefix(char *buf, size_t n, enum swd_log_level level)
{
    struct timespec ts;
    struct tm tm;
    size_t len;
    if (log_journal)
        return (size_t)snprintf(buf, n, "<%d>", level_prio[level]);
    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    len = strftime(buf, n, "%Y-%m-%dT%H:%M:%S", &tm);
    return len + (size_t)snprintf(buf + len, n - len, ".%03ldZ %s ", ts.tv_nsec / 1000000,
                                  level_names[level]);
}

static void log_write(const char *buf, size_t n)
{
    while (n > 0) {
        ssize_t w = write(STDERR_FILENO, buf, n);
        if (w <= 0)
            return; /* nowhere to say so */
        buf += w;
        n -= (size_t)w;
    }
}

void swd_log(enum swd_log_level level, const char *event, const char *fmt, ...)
{
    char line[LOG_LINE_MAX];
    size_t n, room = sizeof line - 1;
    va_list ap;
    int w;
    if ((int)level > atomic_load_explicit(&log_level, memory_order_relaxed))
        return;
    n = log_prefix(line, room, level);
    n += (size_t)snprintf(line + n, room - n, "event=%s%s", event, fmt[0] ? " " : "");
    va_start(ap, fmt);
    w = vsnprintf(line + n, room - n, fmt, ap);
    va_end(ap);
    if (w > 0)
        n += (size_t)w < room - n ? (size_t)w : room - n - 1;
    line[n++] = '\n';
    log_write(line, n);
}

const char *swd_log_quote(char buf[SWD_LOGQ_SIZE], const char *text)
{
    size_t o = 0;
    buf[o++] = '"';
    for (; *text != '\0' && o < SWD_LOGQ_SIZE - 8; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            buf[o++] = '\\';
            buf[o++] = (char)c;
        } else if (c < 0x20 || c == 0x7f) {
            o += (size_t)snprintf(buf + o, 5, "\\x%02x", c);
        } else {
            buf[o++] = (char)c;
        }
    }
    if (*text != '\0') {
        memcpy(buf + o, "...", 3);
        o += 3;
    }
    buf[o++] = '"';
    buf[o] = '\0';
    return buf;
}

_Noreturn void swd_panic(const char *file, int line, const char *what)
{
    char buf[512];
    int n = snprintf(buf, sizeof buf, "swd: panic at %s:%d: %s\n", file, line, what);
    if (n > 0)
        log_write(buf, (size_t)n < sizeof buf ? (size_t)n : sizeof buf - 1);
    abort();
}

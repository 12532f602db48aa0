/* swctl compress and decompress. Both files are opened here, with the user's rights, and their
 * descriptors passed to the daemon, which does the work and tells how far it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/priv.h"

#define BAR 30

static const struct {
    const char *codec, *ending;
} endings[] = {
    {"gzip", ".gz"}, {"zlib", ".zz"}, {"zstd", ".zst"}, {"raw", ".deflate"}, {"brotli", ".br"}};
#define ENDINGS  (sizeof endings / sizeof endings[0])
#define UNMARKED 3 /* the first whose data has no mark */

struct pack {
    struct swd_ctl *ctl;
    const char *in;
    char *out;
    int in_fd, out_fd;
    bool made; /* the output is ours to remove on failure */
    bool bar;  /* standard error is a terminal, and something was drawn */
};

/* ---- names ---- */

/* FILE.gz for compressing, FILE without its ending for the way back. */
static int default_name(struct pack *p, bool packing)
{
    const struct swd_ctl_args *a = &p->ctl->args;
    const char *codec = swd_ctl_args_has(a, CTL_F_CODEC) ? a->text[CTL_F_CODEC] : "gzip";
    size_t n = strlen(p->in);
    for (size_t i = 0; i < ENDINGS; i++) {
        size_t k = strlen(endings[i].ending);
        if (packing && strcmp(endings[i].codec, codec) == 0) {
            p->out = malloc(n + k + 1);
            if (p->out)
                (void)snprintf(p->out, n + k + 1, "%s%s", p->in, endings[i].ending);
            break;
        }
        if (!packing && n > k && strcmp(p->in + n - k, endings[i].ending) == 0 &&
            p->in[n - k - 1] != '/') {
            p->out = strndup(p->in, n - k);
            break;
        }
    }
    if (p->out)
        return 0;
    if (packing)
        return swd_fail(&p->ctl->err, SWD_ENOMEM, "out of memory");
    swd_fail(&p->ctl->err, SWD_EPARAMS, "%.120s has no ending that tells a name for the output",
             p->in);
    return swd_fail_hint(&p->ctl->err, "name it: -o OUT");
}

/* The codec of data whose first bytes do not tell it, by the file's name; NULL: they do. */
static const char *by_ending(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = UNMARKED; i < ENDINGS; i++) {
        size_t k = strlen(endings[i].ending);
        if (n > k && strcmp(name + n - k, endings[i].ending) == 0)
            return endings[i].codec;
    }
    return NULL;
}

/* ---- files ---- */

static int no_file(struct pack *p, const char *what, const char *name)
{
    int code = errno == EEXIST                     ? SWD_EEXISTS
               : errno == EACCES || errno == EPERM ? SWD_EDENIED
                                                   : SWD_EIO;
    swd_fail(&p->ctl->err, code, "cannot %s %.150s: %s", what, name, strerror(errno));
    return code == SWD_EEXISTS ? swd_fail_hint(&p->ctl->err, "-o replaces a file that exists")
                               : code;
}

static int open_files(struct pack *p, bool replace)
{
    struct stat in, out;
    p->in_fd = open(p->in, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (p->in_fd < 0)
        return no_file(p, "read", p->in);
    if (fstat(p->in_fd, &in) != 0 || !S_ISREG(in.st_mode))
        return swd_fail(&p->ctl->err, SWD_EPARAMS, "%.150s is not a regular file", p->in);
    if (stat(p->out, &out) == 0 && out.st_dev == in.st_dev && out.st_ino == in.st_ino)
        return swd_fail(&p->ctl->err, SWD_EPARAMS, "input and output are the same file");
    p->out_fd = open(p->out, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (replace ? 0 : O_EXCL),
                     in.st_mode & 0666);
    if (p->out_fd < 0)
        return no_file(p, "write", p->out);
    if (ftruncate(p->out_fd, 0) != 0)
        return no_file(p, "write", p->out);
    p->made = true;
    return 0;
}

/* ---- progress ---- */

static void draw(void *arg, const char *method, const json_t *params)
{
    struct pack *p = arg;
    double in = swd_ctl_json_num(params, "in"), out = swd_ctl_json_num(params, "out");
    double size = swd_ctl_json_num(params, "size");
    char a[CTL_TEXT], b[CTL_TEXT], bar[BAR + 1];
    if (strcmp(method, "progress") != 0 || !isatty(STDERR_FILENO))
        return;
    int full = size > 0 && in <= size ? (int)(in / size * BAR) : 0;
    for (int i = 0; i < BAR; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR] = '\0';
    (void)fprintf(stderr, "\r[%s] %3.0f%%  %s -> %s  %.2f\033[K", bar,
                  size > 0 ? in / size * 100 : 0, swd_ctl_text_bytes(a, in),
                  swd_ctl_text_bytes(b, out), out > 0 ? in / out : 0);
    p->bar = true;
}

static void show(struct pack *p, const json_t *result)
{
    double in = swd_ctl_json_num(result, "in"), out = swd_ctl_json_num(result, "out");
    double large = in > out ? in : out, small = in > out ? out : in;
    char a[CTL_TEXT], b[CTL_TEXT], t[CTL_TEXT];
    if (swd_ctl_raw(p->ctl, result))
        return;
    printf("%s: %s -> %s (%s, ratio %.2f, %s)\n", p->out, swd_ctl_text_bytes(a, in),
           swd_ctl_text_bytes(b, out), swd_ctl_json_str(result, "codec"),
           small > 0 ? large / small : 1, swd_ctl_text_us(t, swd_ctl_json_num(result, "took_us")));
}

/* ---- the commands ---- */

static int ask(struct pack *p, json_t *params, json_t **result)
{
    struct swd_ctl *ctl = p->ctl;
    int rc = swd_ctl_connect(ctl);
    if (rc != 0) {
        json_decref(params);
        return rc;
    }
    ctl->client.events.notify = draw;
    ctl->client.events.arg = p;
    ctl->client.pass[0] = p->in_fd;
    ctl->client.pass[1] = p->out_fd;
    rc = swd_ctl_ask(ctl, params, result);
    if (p->bar)
        (void)fprintf(stderr, "\r\033[K");
    return rc;
}

static int level_param(struct swd_ctl *ctl, json_t *params)
{
    const char *text = ctl->args.text[CTL_F_LEVEL];
    char *end;
    long level;
    if (!swd_ctl_args_has(&ctl->args, CTL_F_LEVEL))
        return 0;
    level = strtol(text, &end, 10);
    if (*end != '\0' || end == text)
        return swd_fail(&ctl->err, SWD_EPARAMS, "--level: '%.40s' is no number", text);
    json_object_set_new(params, "level", json_integer(level));
    return 0;
}

/* A flag that is a number becomes the parameter of that name. */
static void number_param(const struct swd_ctl *ctl, enum swd_ctl_flag f, const char *name,
                         json_t *params)
{
    if (swd_ctl_args_has(&ctl->args, f))
        json_object_set_new(params, name, json_integer((json_int_t)ctl->args.num[f]));
}

static int pack_command(struct swd_ctl *ctl, bool packing)
{
    const struct swd_ctl_args *a = &ctl->args;
    bool named = swd_ctl_args_has(a, CTL_F_OUTPUT);
    struct pack p = {.ctl = ctl, .in = a->operands[0], .in_fd = -1, .out_fd = -1};
    json_t *params = json_object(), *result = NULL;
    int rc = packing ? level_param(ctl, params) : 0;
    number_param(ctl, CTL_F_MAX_OUTPUT, "max_output", params);
    number_param(ctl, CTL_F_MAX_RATIO, "max_ratio", params);
    if (swd_ctl_args_has(a, CTL_F_CODEC))
        json_object_set_new(params, "codec", json_string(a->text[CTL_F_CODEC]));
    else if (!packing && by_ending(p.in))
        json_object_set_new(params, "codec", json_string(by_ending(p.in)));
    if (rc == 0 && named && !(p.out = strdup(a->text[CTL_F_OUTPUT])))
        rc = swd_fail(&ctl->err, SWD_ENOMEM, "out of memory");
    if (rc == 0 && !named)
        rc = default_name(&p, packing);
    if (rc == 0)
        rc = open_files(&p, named);
    if (rc == 0)
        rc = ask(&p, params, &result);
    else
        json_decref(params);
    if (rc == 0)
        show(&p, result);
    else if (p.made)
        (void)unlink(p.out);
    json_decref(result);
    if (p.in_fd >= 0)
        close(p.in_fd);
    if (p.out_fd >= 0)
        close(p.out_fd);
    free(p.out);
    return swd_ctl_report(ctl, rc);
}

int swd_ctl_cmd_compress(struct swd_ctl *ctl)
{
    return pack_command(ctl, true);
}

int swd_ctl_cmd_decompress(struct swd_ctl *ctl)
{
    return pack_command(ctl, false);
}

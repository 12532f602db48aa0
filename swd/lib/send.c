/* runner.send(id, value): a message to another runner of the same group.
 *
 * The natives beneath send.js. The value travels as JSON, like what `swctl send` sends. It is a job
 * (job.h) that the host carries out instead of a thread: messages of one runner arrive in order,
 * `pending` bounds those on their way, and the runner lives until it is told how the last one
 * fared. Cost: that of a job. */
#include <string.h>

#include "lib/int.h"
#include "lib/job.h"
#include "pool/slab.h"

#define MESSAGE_MAX ((size_t)64 << 10)

struct send_job {
    struct swd_job job;
    struct swd_letter letter;
    size_t size;
    char text[];
};

static void send_back(struct swd_letter *l)
{
    swd_job_back(&SWD_CONTAINER(l, struct send_job, letter)->job);
}

static void send_start(struct swd_job *j, const struct swd_host *host, void *arg)
{
    struct send_job *s = SWD_CONTAINER(j, struct send_job, job);
    s->letter.done = send_back;
    host->send(arg, &s->letter);
}

static const char *code_of(int rc)
{
    switch (rc) {
    case SWD_ENOTFOUND: return "ERR_SWD_NO_RUNNER";
    case SWD_EDENIED: return "ERR_SWD_DENIED";
    case SWD_ELIMIT: return "ERR_SWD_LIMIT";
    default: return "ERR_SWD_NOT_SENT";
    }
}

static void send_settle(duk_context *ctx, struct swd_job *j)
{
    struct send_job *s = SWD_CONTAINER(j, struct send_job, job);
    if (s->letter.rc == 0) {
        duk_push_null(ctx);
    } else {
        duk_push_error_object(ctx, DUK_ERR_ERROR, "%s", s->letter.err.msg);
        swd_push_name(ctx, code_of(s->letter.rc));
        duk_put_prop_literal(ctx, -2, "code");
    }
    duk_push_undefined(ctx);
}

static void send_free(struct swd_job *j)
{
    struct send_job *s = SWD_CONTAINER(j, struct send_job, job);
    swd_slab_free(s, s->size);
}

static const struct swd_job_type send_type = {
    .start = send_start, .settle = send_settle, .free = send_free};

/* post(id, value, done) */
static duk_ret_t send_post(duk_context *ctx)
{
    struct swd_lib *lib = swd_lib_of(ctx);
    double id = duk_get_number_default(ctx, 0, -1);
    const char *json;
    struct send_job *s;
    size_t n;
    if (!(id >= 1 && id <= 9007199254740991.0) || id != (double)(uint64_t)id)
        swd_throw_arg(ctx, 0, "id", "the id of a runner");
    duk_json_encode(ctx, 1);
    if (!duk_is_string(ctx, 1))
        swd_throw_arg(ctx, 1, "value", "a value that JSON can hold");
    json = swd_text_get(ctx, 1, &n);
    if (n > MESSAGE_MAX)
        swd_throw_code(ctx, DUK_ERR_RANGE_ERROR, "ERR_SWD_LIMIT",
                       "the message is %zu bytes of JSON, and %zu are the most: send it in parts",
                       n, MESSAGE_MAX);
    if (!swd_job_possible(lib) || !lib->host->send)
        swd_throw_code(ctx, DUK_ERR_ERROR, "ERR_SWD_NO_RUNNER",
                       "there are no other runners here: send() is for runners of a daemon");
    s = swd_slab_alloc(sizeof *s + n + 1);
    if (!s)
        swd_throw(ctx, DUK_ERR_RANGE_ERROR, "alloc failed: no memory for the message");
    s->size = sizeof *s + n + 1;
    memcpy(s->text, json, n);
    s->text[n] = 0;
    s->letter.to = (uint64_t)id;
    s->letter.json = s->text;
    s->letter.n = n;
    s->job.type = &send_type;
    s->job.charged = s->size;
    swd_job_start(ctx, &s->job, 2);
    return 0;
}

static const struct swd_native send_natives[] = {
    {"post", send_post, 3, 3},
    {NULL, NULL, 0, 0},
};

duk_ret_t swd_runner_js_send(duk_context *ctx)
{
    swd_lib_push(ctx, "send");
    if (!duk_is_function(ctx, -1)) {
        duk_pop(ctx);
        swd_node_push(ctx, PRELUDE_send, send_natives);
        duk_dup_top(ctx);
        swd_lib_keep(ctx, "send");
    }
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_call(ctx, 2);
    return 1;
}

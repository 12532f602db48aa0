/* Frames: see frame.h. */
#include "control/frame.h"

#include <string.h>

#include "base/check.h"

#define ID_MAX 256 /* bytes of a string id, which is kept and echoed */

/* What a byte means outside of strings, and inside. */
enum { C_PLAIN, C_NUL, C_QUOTE, C_OPEN, C_CLOSE, C_BACKSLASH };
static const unsigned char frame_class[256] = {
    [0] = C_NUL,     ['"'] = C_QUOTE, ['['] = C_OPEN,       ['{'] = C_OPEN,
    [']'] = C_CLOSE, ['}'] = C_CLOSE, ['\\'] = C_BACKSLASH,
};

static int frame_nul(size_t at, struct swd_err *e)
{
    swd_fail(e, SWD_EPARSE, "NUL byte at offset %zu", at);
    return swd_fail_hint(e, "write it as \\u0000 inside a string");
}

static int frame_deep(struct swd_err *e)
{
    swd_fail(e, SWD_EREQUEST, "nested deeper than %d arrays and objects", SWD_FRAME_DEPTH);
    return swd_fail_hint(e, "send deep data as text and parse it in the script");
}

int swd_frame_scan(const char *line, size_t n, struct swd_err *e)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        switch (frame_class[(unsigned char)line[i]]) {
        case C_PLAIN: break;
        case C_NUL: return frame_nul(i, e);
        case C_QUOTE: quoted = !quoted; break;
        case C_BACKSLASH: i += quoted && i + 1 < n && line[i + 1] != '\0'; break;
        case C_OPEN:
            if (!quoted && ++depth > SWD_FRAME_DEPTH)
                return frame_deep(e);
            break;
        case C_CLOSE: depth -= !quoted; break;
        }
    }
    return 0;
}

int swd_frame_parse(const char *line, size_t n, json_t **out, struct swd_err *e)
{
    json_error_t je;
    int rc = swd_frame_scan(line, n, e);
    *out = NULL;
    if (rc < 0)
        return rc;
    *out = json_loadb(line, n, JSON_ALLOW_NUL | JSON_DECODE_ANY, &je);
    if (!*out) {
        if (json_error_code(&je) == json_error_out_of_memory)
            return swd_fail(e, SWD_ENOMEM, "no memory to read a frame of %zu bytes", n);
        swd_fail(e, SWD_EPARSE, "%s at byte %d", je.text, je.position);
        return swd_fail_hint(e, "one JSON object in UTF-8 on each line");
    }
    if (json_is_object(*out))
        return 0;
    if (json_is_array(*out)) {
        swd_fail(e, SWD_EREQUEST, "batches are not supported");
        rc = swd_fail_hint(e, "send the requests one a line without waiting for the replies");
    } else {
        rc = swd_fail(e, SWD_EREQUEST, "a request must be a JSON object");
    }
    json_decref(*out);
    *out = NULL;
    return rc;
}

static bool frame_id_ok(const json_t *id)
{
    return json_is_integer(id) || (json_is_string(id) && json_string_length(id) <= ID_MAX);
}

static int frame_bad(struct swd_err *e, const char *field, const char *msg)
{
    swd_fail(e, SWD_EREQUEST, "%s", msg);
    swd_fail_field(e, field);
    return SWD_EREQUEST;
}

int swd_frame_envelope(json_t *root, struct swd_envelope *out, struct swd_err *e)
{
    json_t *method = json_object_get(root, "method");
    json_t *version = json_object_get(root, "jsonrpc");
    memset(out, 0, sizeof *out);
    out->id = json_object_get(root, "id");
    if (out->id && !frame_id_ok(out->id)) {
        out->id = NULL;
        return frame_bad(e, "id", "id must be a string of at most 256 bytes or an integer");
    }
    if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
        return frame_bad(e, "jsonrpc", "jsonrpc must be \"2.0\"");
    out->params = json_object_get(root, "params");
    out->result = json_object_get(root, "result");
    out->error = json_object_get(root, "error");
    if (!method && (out->result || out->error)) {
        out->kind = SWD_FRAME_RESPONSE;
        return out->id ? 0 : frame_bad(e, "id", "a response needs the id of its request");
    }
    if (!json_is_string(method) || strlen(json_string_value(method)) != json_string_length(method))
        return frame_bad(e, "method", "method must be a string without NULs");
    out->method = json_string_value(method);
    return 0;
}

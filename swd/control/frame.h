/* Frames: what one line must be before jansson sees it. Pure functions, any thread. */
#ifndef SWD_CONTROL_FRAME_H
#define SWD_CONTROL_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/err.h"

#define SWD_FRAME_DEPTH 512 /* nested arrays and objects */

/* One pass over a line: no NUL bytes, no nesting beyond SWD_FRAME_DEPTH. SWD_EPARSE or
 * SWD_EREQUEST. Cost: one table look-up a byte. */
int swd_frame_scan(const char *line, size_t n, struct swd_err *e);

/* Scans, parses and checks that the line is one JSON object. The caller owns `*out`. */
int swd_frame_parse(const char *line, size_t n, json_t **out, struct swd_err *e);

/* The envelope of a message. `id` is borrowed from `root`; NULL: none given. For an invalid
 * request `id` still holds a usable id if there was one. */
enum swd_frame_kind { SWD_FRAME_REQUEST, SWD_FRAME_RESPONSE };
struct swd_envelope {
    enum swd_frame_kind kind;
    const char *method;
    json_t *id, *params, *result, *error; /* NULL when absent */
};
int swd_frame_envelope(json_t *root, struct swd_envelope *out, struct swd_err *e);

#endif

/* What one runner wrote no other reads: a script puts a text through every pooled path that it can
 * reach and ends; then whatever the next one could be given, by the pools, by the arenas or by the
 * library, is looked through for that text before anybody writes to it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/runs.h"
#include "pool/arena.h"
#include "pool/bytebuf.h"
#include "pool/extent.h"
#include "pool/pool.h"
#include "pool/slab.h"
#include "pool/smallmap.h"
#include "pool/strvec.h"
#include "suite.h"

#define MARK "kA7secret:Q9"
#define EACH 150 /* objects of a kind: more than two magazines hold */

/* Long, many and short; in buffers, texts, JSON, streams, timers, errors, modules and output. */
static const char writer[] =
    "var s = '" MARK "', i, big = s, all = [], m = new Map(), z = require('zlib');\n"
    "for (i = 0; i < 13; i++) big += big;\n"
    "for (i = 0; i < 400; i++) all.push(s + i, [s, i], {k: s + s + i}, new Uint8Array(700));\n"
    "for (i = 0; i < 12; i++) all.push(s.repeat(1 << i) + i);\n"
    "all.push(Buffer.from(big), Buffer.from(s).toString('base64'), new "
    "TextEncoder().encode(big));\n"
    "var b = new Uint8Array(90000); for (i = 0; i < b.length; i++) b[i] = s.charCodeAt(i % 12);\n"
    "all.push(b, b.slice(5), b.buffer.slice(7), JSON.parse(JSON.stringify({a: all, b: big})));\n"
    "m.set(s, big); all.push(m, new Set([s]), structuredClone({s: big}), new URL('http://x/' + "
    "s));\n"
    "['gzip gunzip', 'deflate inflate', 'zstdCompress zstdDecompress'].forEach(function (p) {\n"
    "  p = p.split(' '); all.push(z[p[1] + 'Sync'](z[p[0] + 'Sync'](big + Math.random()))); });\n"
    "var stream = z.createGzip(); stream.on('data', function (d) { all.push(d); });\n"
    "stream.write(big); stream.end(s);\n"
    "console.log(s, big, all[1]); console.error(new Error(s));\n"
    "all.push(require('./" MARK ".js').v, new Function('return \"' + s + '\"')(), /x/.exec(s));\n"
    "for (i = 0; i < 40; i++) setTimeout(function (a) { all.push(a + s); }, 0, big + i);\n"
    "try { require('./none' + s); } catch (e) { all.push(e.message); }\n"
    "setTimeout(function () { runner.result({s: big.slice(0, 20000), n: all.length}); }, 5);\n";

static const struct run_file files[] = {
    {"/work/" MARK ".js", "var t = '" MARK "'; exports.v = t + t;"},
    {NULL, NULL},
};

/* The text is put together from halves, so that the reader's own source does not have it. */
static const char reader[] =
    "var half = ['kA7sec', 'ret:Q9'], mark = Buffer.from(half.join('')), z = require('zlib'), bad "
    "= "
    "[];\n"
    "function look(what, b) { b = Buffer.from(b.buffer || b, b.byteOffset || 0, b.byteLength);\n"
    "  for (var i = b.indexOf(107); i >= 0; i = b.indexOf(107, i + 1))\n"
    "    if (b[i + 1] === mark[1] && b[i + 2] === mark[2] && b[i + 3] === mark[3] &&\n"
    "        b[i + 4] === mark[4]) { bad.push(what); return; } }\n"
    "for (var n = 1; n < 400000; n = n * 3 / 2 + 1 | 0) {\n"
    "  look('ArrayBuffer', new ArrayBuffer(n)); look('unsafe', Buffer.allocUnsafe(n));\n"
    "  look('slow', Buffer.allocUnsafeSlow(n)); look('Float64', new Float64Array(n >> 3));\n"
    "  look('slice', Buffer.allocUnsafe(n).slice(n >> 1)); look('alloc', Buffer.alloc(n));\n"
    "  look('transfer', new Uint8Array(new Uint8Array(n).subarray(n >> 2)));\n"
    "  look('inflate', z.inflateSync(z.deflateSync(new Uint8Array(n))));\n"
    "  look('zstd', z.zstdDecompressSync(z.zstdCompressSync(new Uint8Array(n))));\n"
    "}\n"
    "bad";

static bool has_mark(const void *p, size_t n)
{
    return n >= sizeof(MARK) && memmem(p, n, MARK, sizeof(MARK) - 1) != NULL;
}

static void expect_none(const char *what, const void *p, size_t n)
{
    if (has_mark(p, n))
        ck_abort_msg("%s of %zu bytes has what another wrote", what, n);
}

static void write_all(const char *name)
{
    struct run *r = run_new();
    r->files = files;
    r->name = name;
    run_script(r, writer);
    ck_assert_msg(strstr(r->value, MARK) != NULL, "%s: %s", r->thrown.name, r->thrown.message);
    run_free(r);
}

/* The test would see it: extents that were dropped have it still, until they are carved. */
static void expect_some_in_extents(void)
{
    void *x[64];
    bool seen = false;
    for (int i = 0; i < 64; i++) {
        x[i] = swd_extent_get(2 * SWD_GRANULE, false);
        seen = seen || has_mark(x[i], 2 * SWD_GRANULE);
    }
    for (int i = 0; i < 64; i++)
        swd_extent_put(x[i], 2 * SWD_GRANULE);
    ck_assert(seen);
}

static void look_into_slices(void)
{
    static void *held[EACH];
    for (size_t n = 16; n < 200000; n = n < 256 ? n + 16 : n + (n / 5 & ~(size_t)15)) {
        for (int i = 0; i < EACH; i++) {
            held[i] = swd_slab_alloc(n);
            expect_none("a slice", held[i], n);
        }
        for (int i = 0; i < EACH; i++)
            swd_slab_free(held[i], n);
    }
}

static void look_into_buffer(const char *what, const struct swd_bytebuf *b)
{
    if (b != NULL && b->data != NULL)
        expect_none(what, b->data, b->cap);
}

static void look_into_containers(void)
{
    struct swd_bytebuf *b[EACH];
    struct swd_strvec *v[EACH];
    struct swd_smallmap *m[EACH];
    for (int i = 0; i < EACH; i++) {
        look_into_buffer("a buffer", b[i] = swd_bytebuf_get(1000000));
        v[i] = swd_strvec_get();
        look_into_buffer("a vector's text", v[i]->text);
        m[i] = swd_smallmap_get();
        look_into_buffer("a map's keys", m[i]->keys);
    }
    for (int i = 0; i < EACH; i++) {
        swd_bytebuf_put(&b[i]);
        swd_strvec_put(&v[i]);
        swd_smallmap_put(&m[i]);
    }
}

static void look_into_arenas(void)
{
    for (int round = 0; round < 3; round++) {
        struct swd_arena *a;
        ck_assert_int_eq(swd_arena_new(NULL, UINT64_MAX, &a), 0);
        for (size_t n = 24, i = 0; i<4000; i++, n = n> 60000 ? 24 : n + n / 9) {
            void *p = swd_arena_alloc(a, n);
            expect_none("a block", p, n);
        }
        swd_arena_drop(&a);
    }
}

START_TEST(the_pools_and_arenas_hand_out_nothing_of_anothers)
{
    for (int round = 0; round < 3; round++) {
        write_all(round % 2 == 0 ? "/work/a.js" : "/work/a.ts");
        expect_some_in_extents();
        look_into_containers();
        look_into_slices();
        look_into_arenas();
    }
}
END_TEST

START_TEST(the_next_script_reads_nothing_of_anothers)
{
    for (int round = 0; round < 2; round++) {
        write_all("/work/a.ts");
        struct run *r = run_new();
        run_script(r, reader);
        ck_assert_str_eq(r->value, "[]");
        run_free(r);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/secrets");
    TCase *tc = tcase_create("secrets");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, the_pools_and_arenas_hand_out_nothing_of_anothers);
    tcase_add_test(tc, the_next_script_reads_nothing_of_anothers);
    suite_add_tcase(s, tc);
    return suite_run(s);
}

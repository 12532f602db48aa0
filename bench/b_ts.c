/* The compiler: latency for about 1 KB and 20 KB, throughput for 1 MB, memory for each byte of
 * input. Inputs are the corpus of t/ts/cases, repeated in blocks. CPU time, the best of many runs
 * for the small ones, medians for the large. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "pool/extent.h"
#include "ts/ts.h"

#define CORPUS "t/ts/cases"

struct text {
    char *p;
    size_t n, cap;
};

static void add(struct text *t, const char *s, size_t n)
{
    if (t->n + n > t->cap) {
        t->cap = (t->n + n) * 2;
        t->p = realloc(t->p, t->cap);
        if (!t->p)
            abort();
    }
    memcpy(t->p + t->n, s, n);
    t->n += n;
}

static bool wanted(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && strcmp(name + n - 3, ".js") == 0;
}

/* Every case in a function of its own. */
static void read_corpus(struct text *t)
{
    DIR *d = opendir(CORPUS);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        char path[512], buf[4096];
        if (!wanted(e->d_name))
            continue;
        snprintf(path, sizeof path, CORPUS "/%s", e->d_name);
        FILE *f = fopen(path, "rb");
        if (!f)
            continue;
        add(t, "(async function () {\n", 21);
        for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
            add(t, buf, n);
        add(t, "\n})();\n", 7);
        fclose(f);
    }
    if (d)
        closedir(d);
}

static const char one_k[] =
    "export interface Task<T> { id: number; run: () => Promise<T>; tags?: string[] }\n"
    "export class Queue<T> {\n"
    "  private waiting: Task<T>[] = [];\n"
    "  #running = 0;\n"
    "  constructor(private readonly limit = 4, readonly name: string = 'queue') {}\n"
    "  get size(): number { return this.waiting.length + this.#running; }\n"
    "  async add(task: Task<T>): Promise<T | undefined> {\n"
    "    if (this.#running >= this.limit) {\n"
    "      this.waiting.push(task);\n"
    "      return undefined;\n"
    "    }\n"
    "    this.#running++;\n"
    "    try {\n"
    "      return await task.run();\n"
    "    } finally {\n"
    "      this.#running--;\n"
    "      const next = this.waiting.shift();\n"
    "      if (next) void this.add(next);\n"
    "    }\n"
    "  }\n"
    "  byTag(tag: string) {\n"
    "    const out: Record<string, number> = {};\n"
    "    for (const { id, tags = [] } of this.waiting) {\n"
    "      if (tags.includes(tag)) out[`${tag}:${id}`] = (out[tag] ?? 0) + 1;\n"
    "    }\n"
    "    return { ...out, total: this.size };\n"
    "  }\n"
    "}\n"
    "export default <T>(n?: number) => new Queue<T>(n);\n";

static double run(const char *src, size_t n, const char *file, int rounds)
{
    struct swd_ts_compiler *c = swd_ts_compiler_get();
    struct swd_ts_output out = {0};
    struct swd_ts_opts o = {.file = file};
    double best = 1e18;
    if (!c)
        return 0;
    for (int i = 0; i < rounds; i++) {
        double start = bench_cpu();
        if (swd_ts_compile(c, &o, src, n, &out) < 0)
            fprintf(stderr, "%s: %s\n", file, out.ndiags ? out.text->data : "failed");
        double t = bench_cpu() - start;
        if (t < best)
            best = t;
    }
    swd_ts_output_free(&out);
    swd_ts_compiler_put(&c);
    return best;
}

static void read_into(struct text *t, const char *path)
{
    char buf[4096];
    FILE *f = fopen(path, "rb");
    t->n = 0;
    if (!f)
        return;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        add(t, buf, n);
    fclose(f);
}

/* `--files LIST [ROUNDS]`, for bench/b_ts_peers.py: all files named in LIST, one a line, each by
 * its best of so many rounds; one JSON object. */
static int run_files(const char *list, int rounds)
{
    char path[4096];
    struct text t = {0};
    double ns = 0, most = 0;
    size_t bytes = 0;
    FILE *f = fopen(list, "r");
    if (!f)
        return 1;
    while (fgets(path, sizeof path, f)) {
        struct swd_extent_stats a, b;
        path[strcspn(path, "\n")] = '\0';
        read_into(&t, path);
        swd_extent_stats(&a);
        ns += run(t.p, t.n, path, rounds);
        swd_extent_stats(&b);
        bytes += t.n;
        if ((double)(b.high_water - a.handed_out) > most)
            most = (double)(b.high_water - a.handed_out);
    }
    fclose(f);
    free(t.p);
    printf("{\"ns\":%.0f,\"bytes\":%zu,\"most\":%.0f}\n", ns, bytes, most);
    return 0;
}

int main(int argc, char **argv)
{
    struct swd_extent_opts eo = {0};
    struct text t = {0};
    if (swd_extent_init(&eo, NULL) < 0)
        return 1;
    if (argc > 2 && strcmp(argv[1], "--files") == 0)
        return run_files(argv[2], argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5);
    bench_init(argc, argv);
    read_corpus(&t);
    if (bench_wanted("ts.latency_1k"))
        bench_line("ts.latency_1k", run(one_k, sizeof one_k - 1, "queue.ts", 2000) / 1e3, "us",
                   NULL, 0, "1.1 KB of TypeScript, warm");
    struct text big = {0};
    while (t.n && big.n < 20000)
        add(&big, t.p, t.n);
    if (bench_wanted("ts.latency_20k") && big.n)
        bench_line("ts.latency_20k", run(big.p, big.n, "corpus.js", 200) / 1e3, "us", NULL, 0,
                   "the corpus, about 20 KB, warm");
    while (t.n && big.n < 1000000)
        add(&big, t.p, t.n);
    if (bench_wanted("ts.throughput") && big.n) {
        struct swd_extent_stats a, b;
        swd_extent_stats(&a);
        double ns = run(big.p, big.n, "corpus.js", 7);
        swd_extent_stats(&b);
        bench_line("ts.throughput", (double)big.n * 1e3 / ns, "MB/s", NULL, 0,
                   "the corpus repeated to 1 MB");
        bench_line("ts.memory", (double)(b.high_water - a.handed_out) / (double)big.n, "bytes/byte",
                   NULL, 0, "most memory held for each byte of source");
    }
    free(t.p);
    free(big.p);
    swd_extent_fini();
    return 0;
}

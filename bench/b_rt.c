/* The runtime helpers of generated code against the same kernel written by hand in ES5, and the
 * matcher of regular expressions against Duktape's own. CPU time, medians of rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "bench/bench.h"
#include "engine/duk.h"
#include "pool/extent.h"

/* Kernels are bodies of function (n); `hand` NULL: there is no such thing in ES5. */
static const struct kernel {
    const char *name, *helper, *hand, *peer;
    int n;
} kernels[] = {
    {"ts.rt.forof", "var s=0,i,k,r;for(k=0;k<n;k++){r=$$of(A);for(i=0;i<A.length;i++)s+=A[i];}",
     "var s=0,i,k;for(k=0;k<n;k++){for(i=0;i<A.length;i++)s+=A[i];}", "index loop", 2000},
    {"ts.rt.spread", "for(var k=0;k<n;k++)$$push($$all(A3),k)",
     "for(var k=0;k<n;k++)A3.slice().push(k)", "slice", 20000},
    {"ts.rt.rest", "function f(){return $$slice(arguments,0)}for(var k=0;k<n;k++)f(1,2,3)",
     "function f(){return Array.prototype.slice.call(arguments,0)}for(var k=0;k<n;k++)f(1,2,3)",
     "slice.call", 20000},
    {"ts.rt.destructure", "var a,b,t;for(var k=0;k<n;k++){t=$$arr(A3,2);a=t[0];b=t[1]}",
     "var a,b;for(var k=0;k<n;k++){a=A3[0];b=A3[1]}", "index", 20000},
    {"ts.rt.object_spread", "for(var k=0;k<n;k++)$$assign({},O)",
     "for(var k=0;k<n;k++)Object.assign({},O)", "Object.assign", 10000},
    {"ts.rt.new", "for(var k=0;k<n;k++)new A1(k)", "for(var k=0;k<n;k++)new F1(k)", "function",
     20000},
    {"ts.rt.new_derived", "for(var k=0;k<n;k++)new B1(k)", "for(var k=0;k<n;k++)new G1(k)",
     "function", 10000},
    {"ts.rt.super_call", "for(var k=0;k<n;k++)b.m()", "for(var k=0;k<n;k++)g.m()", "prototype.call",
     10000},
    {"ts.rt.private_get", "for(var k=0;k<n;k++)$$pget(o,p)", "for(var k=0;k<n;k++)o.p", "property",
     20000},
    {"ts.rt.yield", "var g=G(n);while(!g.next().done);", "var g=H(n);while(!g.next().done);",
     "state machine", 10000},
    {"ts.rt.generator", "for(var k=0;k<n;k++)G(0).next()", "for(var k=0;k<n;k++)H(0).next()",
     "state machine", 3000},
    {"ts.rt.regexp_test", "var r=$$regexp('b+','');for(var k=0;k<n;k++)r.test('abc')", NULL, NULL,
     10000},
    {"ts.rt.regexp_replace", "var r=$$regexp('b','g');for(var k=0;k<n;k++)'abcbdb'.replace(r,'x')",
     NULL, NULL, 5000},
};

static const char setup[] =
    "var A=[],A3=[1,2,3],O={a:1,b:2,c:3};for(var i=0;i<100;i++)A[i]=i;"
    "var A1=$$class(undefined,function A1(x){new.target||$$nt('A1');this.x=x},{m(){return "
    "this.x}});"
    "var B1=$$class(A1,function B1(x){var nt=new.target||$$nt('B1');"
    "return $$ret(undefined,$$super(B1,nt,Object.create(nt.prototype),[x]))},"
    "{m(){return $$sget(B1.prototype,'m',this).call(this)}});"
    "function F1(x){this.x=x}F1.prototype.m=function(){return this.x};"
    "function G1(x){F1.call(this,x)}G1.prototype=Object.create(F1.prototype);"
    "G1.prototype.m=function(){return F1.prototype.m.call(this)};"
    "var b=new B1(1),g=new G1(1),p=$$priv('#p'),o={p:1};$$padd(o,p,1);"
    "var G=$$gen(function(n){return function(){for(var i=0;i<n;i++)$$yield(i)}});"
    "function H(n){var i=0,s=0;return{next:function(){for(;;)switch(s){case 0:i=0;s=1;break;"
    "case 1:if(!(i<n)){s=3;break}s=2;return{value:i,done:false};case 2:i++;s=1;break;"
    "case 3:return{value:undefined,done:true}}}}}";

/* Patterns looked for in 100,000 characters of prose with what they find at its end. */
static const struct {
    const char *name, *pattern;
} patterns[] = {
    {"ts.regexp.literal", "zzz"},           {"ts.regexp.digits", "\\d{4}-\\d\\d-\\d\\d"},
    {"ts.regexp.choice", "zip|zap|zzz"},    {"ts.regexp.groups", "(\\w+)@(\\w+)\\.org"},
    {"ts.regexp.loop", "(?:a|b|q)+\\.org"},
};

static const char prose[] =
    "var T='';while(T.length<100000)T+='The quick brown fox jumps over 13 lazy dogs, then mails "
    "joe@example.com about foobar; ';T+='zzz bar@q.org 2024-10-11 END';"
    "var host={promises:function(){}};";

struct run {
    const char *body, *name;
    int n;
};

static int evaluate(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;

    swd_text_push(ctx, arg, strlen(arg));
    duk_push_literal(ctx, "bench");
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    return 0;
}

static int install(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;

    (void)arg;
    duk_get_global_literal(ctx, "host");
    swd_rt_install(ctx, -1);
    return 0;
}

static void must(struct swd_heap *h, int (*fn)(void *, void *), const void *arg)
{
    struct swd_thrown t;

    if (swd_heap_run(h, fn, (void *)(uintptr_t)arg, &t) != SWD_RUN_OK) {
        fprintf(stderr, "b_rt: %s: %s\n", t.name, t.message);
        exit(1);
    }
}

/* Nanoseconds a turn of `function (n) { body }` takes, by n. */
static double measure(struct swd_heap *h, const char *body, int n)
{
    double v[BENCH_ROUNDS];
    char text[1024];

    snprintf(text, sizeof(text), "var K=function(n){%s}", body);
    must(h, evaluate, text);
    snprintf(text, sizeof(text), "K(%d)", n);
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        double t = bench_cpu();

        must(h, evaluate, text);
        v[i] = (bench_cpu() - t) / n;
    }
    return bench_median(v, BENCH_ROUNDS);
}

static struct swd_heap *heap(void)
{
    struct swd_limits l;
    struct swd_heap_opts o = {.limits = &l};
    struct swd_heap *h;
    struct swd_err e;

    swd_limits_default(&l);
    if (swd_limits_set(&l, "cpu_per_turn", "60s", &e) || swd_heap_create(&o, &h, &e)) {
        fprintf(stderr, "b_rt: %s\n", e.msg);
        exit(1);
    }
    must(h, evaluate, prose);
    return h;
}

static void bench_patterns(struct swd_heap *with, struct swd_heap *without)
{
    char body[256];

    for (size_t i = 0; i < SWD_ARRAY_LEN(patterns); i++) {
        if (!bench_wanted(patterns[i].name))
            continue;
        snprintf(body, sizeof(body), "var r=/%s/;for(var k=0;k<n;k++)r.test(T)",
                 patterns[i].pattern);
        bench_line(patterns[i].name, measure(with, body, 3), "ns", "Duktape's matcher",
                   measure(without, body, 1), NULL);
    }
}

int main(int argc, char **argv)
{
    struct swd_guard *guard;
    struct swd_heap *with, *without;
    struct swd_err e;

    bench_init(argc, argv);
    if (swd_extent_init(NULL, &e) || swd_engine_init(&e) || swd_guard_enter(&guard)) {
        fprintf(stderr, "b_rt: no engine\n");
        return 1;
    }
    with = heap();
    without = heap();
    must(with, install, NULL);
    must(with, evaluate, setup);
    for (size_t i = 0; i < SWD_ARRAY_LEN(kernels); i++) {
        const struct kernel *k = &kernels[i];

        if (bench_wanted(k->name))
            bench_line(k->name, measure(with, k->helper, k->n), "ns", k->peer,
                       k->hand ? measure(with, k->hand, k->n) : 0, NULL);
    }
    bench_patterns(with, without);
    swd_heap_destroy(&with);
    swd_heap_destroy(&without);
    swd_guard_leave(&guard);
    return 0;
}

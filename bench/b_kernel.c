/* What modern syntax costs after lowering: each kernel as people write it today, through the
 * transpiler, against the same written by hand in ES5, on the same engine. CPU time, medians of
 * rounds in which the two take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "bench/bench.h"
#include "engine/duk.h"
#include "pool/extent.h"
#include "ts/ts.h"

/* A program whose completion value is function (n), which runs the kernel n times. The peer is the
 * body of a function that returns the same. */
static const struct kernel {
    const char *name, *modern, *hand;
    int n;
} kernels[] = {
    {"ts.kernel.forof",
     "const A=[];for(let i=0;i<100;i++)A.push(i);"
     "(function(n){let s=0;for(let k=0;k<n;k++)for(const x of A)s+=x;return s})",
     "var A=[],i;for(i=0;i<100;i++)A.push(i);"
     "return function(n){var s=0,i,k;for(k=0;k<n;k++)for(i=0;i<A.length;i++)s+=A[i];return s}",
     1000},
    {"ts.kernel.forof_entries",
     "const A=[];for(let i=0;i<100;i++)A.push([i,i+1]);"
     "(function(n){let s=0;for(let k=0;k<n;k++)for(const [a,b] of A)s+=a*b;return s})",
     "var A=[],i;for(i=0;i<100;i++)A.push([i,i+1]);"
     "return function(n){var s=0,i,k,e,a,b;for(k=0;k<n;k++)for(i=0;i<A.length;i++){e=A[i];a=e[0];"
     "b=e[1];s+=a*b}return s}",
     300},
    {"ts.kernel.destructure_array",
     "const A=[1,2,3];(function(n){let s=0;for(let k=0;k<n;k++){const [a,b,c]=A;s+=a+b+c}return "
     "s})",
     "var A=[1,2,3];return function(n){var s=0,k,a,b,c;for(k=0;k<n;k++){a=A[0];b=A[1];c=A[2];"
     "s+=a+b+c}return s}",
     20000},
    {"ts.kernel.swap", "(function(n){let a=1,b=2;for(let k=0;k<n;k++){[a,b]=[b,a]}return a})",
     "return function(n){var a=1,b=2,t,k;for(k=0;k<n;k++){t=a;a=b;b=t}return a}", 50000},
    {"ts.kernel.destructure_object",
     "const O={x:1,y:{z:2}};(function(n){let s=0;for(let k=0;k<n;k++){const {x,y:{z},w=3}=O;"
     "s+=x+z+w}return s})",
     "var O={x:1,y:{z:2}};return function(n){var s=0,k,x,y,z,w;for(k=0;k<n;k++){x=O.x;y=O.y;z=y.z;"
     "w=O.w;if(w===undefined)w=3;s+=x+z+w}return s}",
     20000},
    {"ts.kernel.return_pair",
     "function f(a,b){return [a+b,a-b]}(function(n){let s=0;for(let k=0;k<n;k++){const "
     "[p,q]=f(k,1);s+=p*q}return s})",
     "function f(a,b){return [a+b,a-b]}return function(n){var s=0,k,t,p,q;for(k=0;k<n;k++){"
     "t=f(k,1);p=t[0];q=t[1];s+=p*q}return s}",
     20000},
    {"ts.kernel.spread_array",
     "const A=[1,2,3,4,5,6,7,8];(function(n){let r;for(let k=0;k<n;k++)r=[...A,k];return r})",
     "var A=[1,2,3,4,5,6,7,8];return function(n){var r,k;for(k=0;k<n;k++)r=A.concat([k]);return r}",
     10000},
    {"ts.kernel.spread_call",
     "const A=[1,2,3];function f(a,b,c){return a+b+c}(function(n){let s=0;for(let k=0;k<n;k++)"
     "s+=f(...A);return s})",
     "var A=[1,2,3];function f(a,b,c){return a+b+c}return function(n){var s=0,k;for(k=0;k<n;k++)"
     "s+=f.apply(undefined,A);return s}",
     20000},
    {"ts.kernel.spread_method",
     "const A=[3,1,2],o={m(a,b,c){return a+b+c}};(function(n){let s=0;for(let k=0;k<n;k++)"
     "s+=o.m(k,...A);return s})",
     "var A=[3,1,2],o={m:function(a,b,c){return a+b+c}};return function(n){var "
     "s=0,k;for(k=0;k<n;k++)s+=o.m.apply(o,[k].concat(A));return s}",
     10000},
    {"ts.kernel.spread_object",
     "const O={a:1,b:2,c:3};(function(n){let r;for(let k=0;k<n;k++)r={...O,k};return r})",
     "var O={a:1,b:2,c:3};return function(n){var r,k;for(k=0;k<n;k++){r=Object.assign({},O);r.k=k}"
     "return r}",
     10000},
    {"ts.kernel.rest",
     "function f(a,...r){return a+r.length}(function(n){let s=0;for(let k=0;k<n;k++)s+=f(k,1,2);"
     "return s})",
     "var slice=Array.prototype.slice;function f(a){var r=slice.call(arguments,1);return "
     "a+r.length}return function(n){var s=0,k;for(k=0;k<n;k++)s+=f(k,1,2);return s}",
     10000},
    {"ts.kernel.default",
     "function f(a,b=2){return a+b}(function(n){let s=0;for(let k=0;k<n;k++)s+=f(k);return s})",
     "function f(a,b){if(b===undefined)b=2;return a+b}return function(n){var "
     "s=0,k;for(k=0;k<n;k++)s+=f(k);return s}",
     20000},
    {"ts.kernel.template",
     "(function(n){let s;for(let k=0;k<n;k++)s=`item ${k} of ${n}`;return s})",
     "return function(n){var s,k;for(k=0;k<n;k++)s='item '+k+' of '+n;return s}", 20000},
    {"ts.kernel.class_new",
     "class P{x;y=2;constructor(x){this.x=x}get sum(){return this.x+this.y}}"
     "(function(n){let s=0;for(let k=0;k<n;k++)s+=new P(k).sum;return s})",
     "function P(x){this.x=undefined;this.y=2;this.x=x}Object.defineProperty(P.prototype,'sum',"
     "{get:function(){return this.x+this.y}});"
     "return function(n){var s=0,k;for(k=0;k<n;k++)s+=new P(k).sum;return s}",
     10000},
    {"ts.kernel.class_method",
     "class P{constructor(x){this.x=x}add(y){this.x+=y;return this}}"
     "(function(n){const p=new P(0);for(let k=0;k<n;k++)p.add(k).add(1);return p.x})",
     "function P(x){this.x=x}P.prototype.add=function(y){this.x+=y;return this};"
     "return function(n){var p=new P(0),k;for(k=0;k<n;k++)p.add(k).add(1);return p.x}",
     20000},
    {"ts.kernel.class_derived",
     "class P{constructor(x){this.x=x}}class D extends P{constructor(x,y){super(x);this.y=y}}"
     "(function(n){let s=0;for(let k=0;k<n;k++)s+=new D(k,1).y;return s})",
     "function P(x){this.x=x}function D(x,y){P.call(this,x);this.y=y}"
     "D.prototype=Object.create(P.prototype);"
     "return function(n){var s=0,k;for(k=0;k<n;k++)s+=new D(k,1).y;return s}",
     10000},
    {"ts.kernel.class_derived_fields",
     "class P{constructor(x){this.x=x}}class D extends "
     "P{y=1;z=2;constructor(x){super(x);this.y+=x}}"
     "(function(n){let s=0;for(let k=0;k<n;k++)s+=new D(k).y;return s})",
     "function P(x){this.x=x}function D(x){P.call(this,x);this.y=1;this.z=2;this.y+=x}"
     "D.prototype=Object.create(P.prototype);"
     "return function(n){var s=0,k;for(k=0;k<n;k++)s+=new D(k).y;return s}",
     10000},
    {"ts.kernel.class_implicit",
     "class P{constructor(x){this.x=x}}class D extends P{get(){return this.x}}"
     "(function(n){let s=0;for(let k=0;k<n;k++)s+=new D(k).get();return s})",
     "function P(x){this.x=x}function D(){P.apply(this,arguments)}"
     "D.prototype=Object.create(P.prototype);D.prototype.get=function(){return this.x};"
     "return function(n){var s=0,k;for(k=0;k<n;k++)s+=new D(k).get();return s}",
     10000},
    {"ts.kernel.super_method",
     "class P{constructor(){this.x=1}m(a){return this.x+a}}class D extends P{m(a){return "
     "super.m(a)+1}}(function(n){const d=new D();let s=0;for(let k=0;k<n;k++)s+=d.m(k);return s})",
     "function P(){this.x=1}P.prototype.m=function(a){return this.x+a};function D(){P.call(this)}"
     "D.prototype=Object.create(P.prototype);D.prototype.m=function(a){return "
     "P.prototype.m.call(this,a)+1};"
     "return function(n){var d=new D(),s=0,k;for(k=0;k<n;k++)s+=d.m(k);return s}",
     10000},
    {"ts.kernel.private_field",
     "class C{#n=0;inc(){this.#n++;return this.#n}get n(){return this.#n}}"
     "(function(n){const c=new C();let s=0;for(let k=0;k<n;k++)s+=c.inc();return s+c.n})",
     "function C(){this._n=0}C.prototype.inc=function(){this._n++;return this._n};"
     "Object.defineProperty(C.prototype,'n',{get:function(){return this._n}});"
     "return function(n){var c=new C(),s=0,k;for(k=0;k<n;k++)s+=c.inc();return s+c.n}",
     10000},
    {"ts.kernel.private_method",
     "class C{#x=1;#m(a){return this.#x+a}run(n){let s=0;for(let k=0;k<n;k++)s+=this.#m(k);return "
     "s}}(function(n){return new C().run(n)})",
     "function C(){this._x=1}C.prototype._m=function(a){return this._x+a};"
     "C.prototype.run=function(n){var s=0,k;for(k=0;k<n;k++)s+=this._m(k);return s};"
     "return function(n){return new C().run(n)}",
     10000},
    {"ts.kernel.private_new",
     "class C{#a=1;#b=2;sum(){return this.#a+this.#b}}"
     "(function(n){let s=0;for(let k=0;k<n;k++)s+=new C().sum();return s})",
     "function C(){this._a=1;this._b=2}C.prototype.sum=function(){return this._a+this._b};"
     "return function(n){var s=0,k;for(k=0;k<n;k++)s+=new C().sum();return s}",
     10000},
    {"ts.kernel.loop_closure",
     "(function(n){const f=[];for(let k=0;k<n;k++)f[k&15]=()=>k;return f[3]()})",
     "return function(n){var f=[],k;function make(k){return function(){return k}}"
     "for(k=0;k<n;k++)f[k&15]=make(k);return f[3]()}",
     10000},
    {"ts.kernel.arrow_this",
     "const o={x:1,sum(a){return a.map(v=>v+this.x)}},A=[1,2,3,4,5,6,7,8];"
     "(function(n){let r;for(let k=0;k<n;k++)r=o.sum(A);return r})",
     "var o={x:1,sum:function(a){var self=this;return a.map(function(v){return v+self.x})}},"
     "A=[1,2,3,4,5,6,7,8];return function(n){var r,k;for(k=0;k<n;k++)r=o.sum(A);return r}",
     3000},
    {"ts.kernel.optional_chain",
     "const O={a:{b:1}};(function(n){let s=0;for(let k=0;k<n;k++)s+=O?.a?.b??0;return s})",
     "var O={a:{b:1}};return function(n){var s=0,k,t,u;for(k=0;k<n;k++){t=O==null?undefined:(u=O.a)"
     "==null?undefined:u.b;s+=t!=null?t:0}return s}",
     20000},
};

struct text {
    const char *p;
    size_t n;
};

static int evaluate(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;
    const struct text *t = arg;

    swd_text_push(ctx, t->p, t->n);
    duk_push_literal(ctx, "bench");
    duk_compile(ctx, DUK_COMPILE_EVAL);
    duk_call(ctx, 0);
    return 0;
}

/* The completion value becomes a global of that name. */
static int keep(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;

    evaluate(ctx, arg);
    duk_put_global_literal(ctx, "K");
    return 0;
}

/* The kernels have none. */
static duk_ret_t no_promises(duk_context *ctx)
{
    (void)ctx;
    return 0;
}

static int install(void *ctx_arg, void *arg)
{
    duk_context *ctx = ctx_arg;

    (void)arg;
    duk_push_object(ctx);
    duk_push_c_lightfunc(ctx, no_promises, 0, 0, 0);
    duk_put_prop_literal(ctx, -2, "promises");
    swd_rt_install(ctx, -1);
    return 0;
}

static void must(struct swd_heap *h, int (*fn)(void *, void *), const char *p, size_t n)
{
    struct text text = {p, n};
    struct swd_thrown t;

    if (swd_heap_run(h, fn, &text, &t) != SWD_RUN_OK) {
        fprintf(stderr, "b_kernel: %s: %s\n%.*s\n", t.name, t.message, (int)n, p);
        exit(1);
    }
}

static struct swd_heap *heap(void)
{
    struct swd_limits l;
    struct swd_heap_opts o = {.limits = &l};
    struct swd_heap *h;
    struct swd_err e;

    swd_limits_default(&l);
    if (swd_limits_set(&l, "cpu_per_turn", "60s", &e) || swd_heap_create(&o, &h, &e)) {
        fprintf(stderr, "b_kernel: %s\n", e.msg);
        exit(1);
    }
    must(h, install, "", 0);
    return h;
}

static struct swd_heap *modern(const struct kernel *k)
{
    struct swd_ts_compiler *c = swd_ts_compiler_get();
    struct swd_ts_opts o = {.file = "kernel.js", .columns = true};
    struct swd_ts_output out = {0};
    struct swd_heap *h = heap();

    if (!c || swd_ts_compile(c, &o, k->modern, strlen(k->modern), &out) < 0) {
        fprintf(stderr, "b_kernel: %s: %s\n", k->name, out.ndiags ? out.text->data : "no memory");
        exit(1);
    }
    must(h, keep, out.code->data, out.code->len);
    swd_ts_output_free(&out);
    swd_ts_compiler_put(&c);
    return h;
}

static struct swd_heap *by_hand(const struct kernel *k)
{
    struct swd_heap *h = heap();
    char text[1024];
    int n = snprintf(text, sizeof(text), "(function(){%s})()", k->hand);

    must(h, keep, text, (size_t)n);
    return h;
}

/* Nanoseconds of a turn. */
static double once(struct swd_heap *h, int n)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "K(%d)", n);
    double t = bench_cpu();

    must(h, evaluate, text, (size_t)len);
    return (bench_cpu() - t) / n;
}

static void run(const struct kernel *k)
{
    struct swd_heap *m = modern(k), *hand = by_hand(k);
    double a[BENCH_ROUNDS], b[BENCH_ROUNDS];

    for (int i = 0; i < BENCH_ROUNDS; i++) {
        a[i] = once(m, k->n);
        b[i] = once(hand, k->n);
    }
    bench_line(k->name, bench_median(a, BENCH_ROUNDS), "ns", "ES5 by hand",
               bench_median(b, BENCH_ROUNDS), NULL);
    swd_heap_destroy(&m);
    swd_heap_destroy(&hand);
}

int main(int argc, char **argv)
{
    struct swd_guard *guard;
    struct swd_err e;

    bench_init(argc, argv);
    if (swd_extent_init(NULL, &e) || swd_engine_init(&e) || swd_guard_enter(&guard)) {
        fprintf(stderr, "b_kernel: no engine\n");
        return 1;
    }
    for (size_t i = 0; i < SWD_ARRAY_LEN(kernels); i++)
        if (bench_wanted(kernels[i].name))
            run(&kernels[i]);
    swd_guard_leave(&guard);
    return 0;
}

"""Scripts that try to hurt: each ends by its limit, and everybody else is unharmed."""

import time

import swdtest as t

SLOW = 10 if t.SAN else 1  # sanitizer builds may take so much longer

PROXIES = "var p={};for(var i=0;i<1e5;i++)p=new Proxy(p,{});"

# name: (source, how it may end, hard: only the hard stop ends it in time)
RUNAWAYS = {
    "a bare loop": ("for(;;);", "cpu_per_turn"),
    "catch and finally": ("while(true){try{for(;;);}catch(e){}finally{for(;;);}}", "cpu_per_turn"),
    "a catastrophic regexp": ("var s='';for(var i=0;i<40;i++)s+='a';/(a+)+$/.test(s+'!')",
                              "cpu_per_turn"),
    "indexOf": ("var s='';for(var i=0;i<100000;i++)s+='a';for(;;)s.indexOf('ab')",
                "cpu_per_turn"),
    "split and join": ("var s=new Array(1001).join('a,b');for(;;)s.split(',').join(';')",
                       "cpu_per_turn"),
    "new Function": ("var b=new Array(20001).join('x=x+1;');for(;;)new Function(b)",
                     "cpu_per_turn"),
    "a 50 MB split": ("var s='a,';while(s.length<5e7)s+=s;s.split(',')", "any"),
    "native recursion": ("var o={};o.toString=function(){return ''+o};''+o", "stack"),
    "script recursion": ("function f(){return f()+1}f()", "stack"),
    "caught recursion": ("function f(){try{f()}catch(e){f()}}f()", "any"),
    "toString loop": ("String({toString:function(){for(;;);}})", "cpu_per_turn"),
    "getter loop": ("({get x(){for(;;);}}).x", "cpu_per_turn"),
    "a getter in the result": ("({get x(){for(;;);}})", "cpu_per_turn"),
    "replacer loop": ("JSON.stringify({a:1},function(){for(;;);})", "cpu_per_turn"),
    "a sort that never ends": ("[3,2,1].sort(function(){for(;;);})", "cpu_per_turn"),
    "arrays": ("var a=[];for(;;)a.push([1,2,3,4,5,6,7,8])", "any"),
    "strings": ("var a='x';for(;;)a+=a", "any"),
    "many strings": ("var k=[];for(;;)k.push(new Array(1000).join('abc')+k.length)", "any"),
    "buffers": ("var k=[];for(;;)k.push(new Uint8Array(1000000))", "any"),
    "buffers, caught": ("for(;;){try{var k=[];for(;;)k.push(new Uint8Array(1e6))}catch(e){}}",
                        "any"),
    "deep JSON": ("var a=[];for(var i=0;i<1e6;i++)a=[a];JSON.stringify(a)", "any"),
    "a deep result": ("var a=[];for(var i=0;i<1e5;i++)a=[a];a", "survives"),
    "a timer that loops": ("setTimeout(function(){for(;;);},1)", "cpu_per_turn"),
    "timers that make timers": ("function f(){setTimeout(f,0);setTimeout(f,0)}f()", "any"),
    "console without end": ("for(;;)console.log('0123456789')", "cpu_per_turn"),
    "a chain of proxies, shown": (PROXIES + "console.log(p);p", "survives"),
    "a chain of proxies, cloned": (PROXIES + "structuredClone(p)", "survives"),
    "a chain of proxies, asked": (PROXIES + "Object.keys(p);p.x=p.y;delete p.x;JSON.stringify(p)",
                                  "survives"),
    "a chain of bound functions": ("var f=function(){};for(var i=0;i<1e5;i++)f=f.bind();f()",
                                   "survives"),
    "a chain of classes": ("let C=class{};for(let i=0;i<2e3;i++)C=class extends C{};new C",
                           "survives"),
    "a deep array as text": ("var a=[];for(var i=0;i<1e5;i++)a=[a];a.join()", "survives"),
    "a deep array flattened": ("var a=[];for(var i=0;i<1e5;i++)a=[a];a.flat(Infinity)", "survives"),
    "deep maps cloned": ("let m=new Map;for(let i=0;i<2e4;i++)m=new Map([[1,m]]);"
                         "structuredClone(m)", "survives"),
    "a chain of causes": ("let e=new Error('a');for(let i=0;i<2e4;i++)e=new Error('b',{cause:e});"
                          "console.log(e);throw e", "survives"),
    "aggregated errors": ("let e=[];for(let i=0;i<2e3;i++)e=new AggregateError([e]);throw e",
                          "survives"),
    "a deep regexp": ("new RegExp('('.repeat(1e5)+')'.repeat(1e5))", "survives"),
    "a large regexp": ("new RegExp('((a{1,999}){1,999}){1,999}b').test('a'.repeat(99))",
                       "survives"),
    "deep source": ("eval('['.repeat(1e5)+']'.repeat(1e5))", "survives"),
    "a deep generator": ("function*g(n){if(n)yield*g(n-1);yield n}for(let x of g(1e5));",
                         "survives"),
    "async recursion": ("async function f(n){if(n)await f(n-1)}f(1e6)", "survives"),
    "a storm of promises": ("function f(){return Promise.resolve().then(f).then(f)}f()", "any"),
    "a storm of microtasks": ("function f(){queueMicrotask(f);queueMicrotask(f)}f()", "any"),
    "a storm of immediates": ("function f(){setImmediate(f);setImmediate(f)}f()", "any"),
    "a storm of rejections": ("for(let i=0;i<1e7;i++)Promise.reject(new Error(i))", "any"),
    "a storm of weak references": ("const a=[];for(;;)a.push(new WeakRef({}))", "any"),
    "an endless await": ("(async()=>{for(;;)await 0})()", "cpu_per_turn"),
    "an endless thenable": ("const t={then(r){r(t)}};Promise.resolve(t)", "cpu_per_turn"),
    "an endless async generator": ("async function*g(){for(;;)yield 1}"
                                   "(async()=>{for await(const x of g());})()", "cpu_per_turn"),
    "a blob that doubles": ("let p=['x'];for(;;)p=[new Blob([...p,...p])]", "any"),
    "a text that doubles": ("let s='a';for(;;)s=s.replaceAll('a','aaaaaaaaaa')", "any"),
    "many rounds of a hash": ("require('crypto').pbkdf2Sync('a','b',1e9,64,'sha512')",
                              "cpu_per_turn"),
    "an unpacked bomb": ("const z=require('zlib');let b=z.gzipSync(Buffer.alloc(4e6));"
                         "z.gunzipSync(Buffer.concat(new Array(99).fill(b)))", "survives"),
}


# Without the hard stop (builds for the thread sanitizer) only what comes back to script is stopped.
COOPERATIVE = {"a bare loop", "catch and finally", "a catastrophic regexp", "script recursion",
               "toString loop", "getter loop", "a getter in the result", "replacer loop",
               "a sort that never ends", "a timer that loops", "console without end"}


def ended_well(result, how):
    state, reason = result["state"], result.get("reason")
    if how == "stack":
        return state == "failed" and reason == how and result["error"]["name"] == "RangeError"
    if how == "survives":
        return state in ("done", "failed", "killed")
    if how == "any":
        return state in ("failed", "killed")
    return state == "killed" and reason == how


@t.scenario
def every_runaway_is_stopped(d):
    """With a neighbour whose ticks go on all the while. With a sanitizer every third: each takes
    several times as long."""
    with t.Dialled(d) as c, t.Dialled(d) as other:
        ticks = other.post("run", source="var n=0;var t=setInterval(function(){n++;"
                           "if(n===20){clearInterval(t);runner.result(n)}},5)")
        for name in list(RUNAWAYS)[:: 3 if t.SAN else 1]:
            source, how = RUNAWAYS[name]
            if "thread" in t.SAN and name not in COOPERATIVE:
                continue
            begin = time.monotonic()
            wall = "10s" if how == "any" else "60s"
            r = c.run(source, name=name, limits={"cpu_per_turn": "200ms", "wall": wall})
            took = time.monotonic() - begin
            assert ended_well(r, how), (name, r)
            assert r["cpu_us"] < (10_000_000 if SLOW > 1 else 2_000_000), (name, took, r)
            assert c.run("1+1")["value"] == 2
        assert other.reply(ticks)["value"] == 20


@t.scenario
def cpu_within_a_fifth(d):
    """for(;;) uses its limit and at most a fifth more."""
    if SLOW > 1:
        return
    with t.Dialled(d) as c:
        for _ in range(5):
            r = c.run("for(;;);", limits={"cpu_per_turn": "300ms"})
            assert r["reason"] == "cpu_per_turn" and 300_000 <= r["cpu_us"] < 360_000, r


@t.scenario(conf="[executors]\ncount = 2")
def runaways_on_every_executor(d):
    """Twice as many runaways as executors: stats answer, and a normal script gets its turn."""
    with t.Dialled(d) as c, t.Dialled(d) as s:
        ids = [c.post("run", source="for(;;);", limits={"cpu_per_turn": "500ms"})
               for _ in range(4)]
        normal = c.post("run", source="'through'")
        for _ in range(20):
            assert s.call("stats")["runners"]["total"] >= 0
        for i in ids:
            r = c.reply(i)
            assert r["reason"] == "cpu_per_turn", r
        assert c.reply(normal)["value"] == "through"


def kill_in_the_middle(d, source):
    with t.Dialled(d) as c:
        ident = c.call("run", source=source, wait=False,
                       limits={"cpu_per_turn": "60s"})["id"]
        t.until(lambda: c.call("info", id=ident)["state"] == "running")
        time.sleep(0.05)
        assert c.call("kill", id=ident)["killed"] is True
        r = c.call("wait", id=ident, timeout_ms=5000 * SLOW)
        assert r["state"] == "killed" and r["reason"] == "killed", r


@t.scenario
def kill_a_loop(d):
    kill_in_the_middle(d, "for(;;);")


@t.scenario
def kill_a_loop_that_catches(d):
    kill_in_the_middle(d, "while(true){try{for(;;);}catch(e){}finally{for(;;);}}")


@t.scenario
def kill_a_regexp(d):
    kill_in_the_middle(d, "var s='';for(var i=0;i<40;i++)s+='a';/(a+)+$/.test(s+'!')")


@t.scenario
def kill_a_waiting_runner(d):
    with t.Dialled(d) as c:
        ident = c.call("run", source="setTimeout(function(){},1e6)", wait=False)["id"]
        t.until(lambda: c.call("info", id=ident)["state"] == "waiting")
        assert c.call("kill", id=ident)["killed"] is True
        assert c.call("wait", id=ident)["reason"] == "killed"
        assert c.call("kill", id=ident)["killed"] is False


@t.scenario
def total_cpu_over_many_turns(d):
    with t.Dialled(d) as c:
        r = c.run("setInterval(function(){for(var t=Date.now();Date.now()-t<5;);},1)",
                  limits={"cpu_total": "100ms"})
        assert r["reason"] == "cpu_total" and r["cpu_us"] >= 100_000, r


@t.scenario
def wall_time(d):
    with t.Dialled(d) as c:
        r = c.run("setTimeout(function(){},1e6)", limits={"wall": "100ms"})
        assert r["state"] == "killed" and r["reason"] == "wall" and r["wall_us"] >= 100_000, r
        r = c.run("for(;;);", limits={"wall": "100ms", "cpu_per_turn": "50s"})
        assert r["state"] == "killed" and r["reason"] == "wall", r


@t.scenario
def cpu_rate_slows_down_and_goes_on(d):
    """A share of a CPU per window: the runner is held back, not ended."""
    with t.Dialled(d) as c:
        ident = c.call("run", wait=False, limits={"cpu_rate": "1%"}, source=(
            "setInterval(function(){for(var t=Date.now();Date.now()-t<30;);},1)"))["id"]
        time.sleep(2)
        row = c.call("info", id=ident)
        assert row["cpu_us"] < 1_000_000 * SLOW, row
        t.until(lambda: c.call("info", id=ident)["state"] == "waiting", "it to be held back")
        assert c.call("kill", id=ident)["killed"]


@t.scenario
def memory_is_caught_and_then_freed(d):
    """A script that catches the refusal and lets go lives on."""
    with t.Dialled(d) as c:
        r = c.run("var ok=false;try{var k=[];for(;;)k.push(new Uint8Array(1e6))}"
                  "catch(e){ok=e.message;k=null}ok", limits={"memory_hard": "8704K"})
        assert r["state"] == "done" and r["value"] == "alloc failed", r
        assert r["peak"] <= 8704 << 10, r


@t.scenario
def output_is_bounded(d):
    with t.Dialled(d) as c:
        r = c.run("for(var i=0;i<20000;i++)console.log('0123456789')",
                  limits={"output": "10K"})
        lines = [n["params"]["text"] for n in c.notes if n["method"] == "log"]
        assert r["state"] == "done" and r["output_dropped"] == 20000 - len(lines), r
        assert 0 < sum(len(x) for x in lines) <= 10240


@t.scenario
def timers_are_bounded(d):
    with t.Dialled(d) as c:
        r = c.run("var n=0;try{for(;;){setTimeout(function(){},1e6);n++}}catch(e){"
                  "runner.result([n,e.name,String(e.message)]);process.exit(0)}",
                  limits={"timers": 100})
        n, name, message = r["value"]
        assert n == 100 and name == "RangeError" and "timers" in message, r


@t.scenario
def mailbox_is_bounded(d):
    with t.Dialled(d) as c:
        ident = c.call("run", source="for(;;);", wait=False,
                       limits={"mailbox": 10, "cpu_per_turn": "20s"})["id"]
        for i in range(10):
            c.call("send", id=ident, message=i)
        try:
            c.call("send", id=ident, message=11)
            assert False, "the eleventh was taken"
        except t.RpcError as e:
            assert e.code == -32002, e
        c.call("kill", id=ident)


@t.scenario
def a_submission_only_tightens(d):
    with t.Dialled(d) as c:
        r = c.run("var k=[];for(;;)k.push(new Uint8Array(1e6))", limits={"memory_hard": "60G"})
        assert r["peak"] <= 64 << 20, r
        r = c.run("for(;;);", limits={"cpu_per_turn": "1h"})
        assert r["reason"] == "cpu_per_turn" and r["cpu_us"] < 1_300_000 * SLOW, r


@t.scenario(conf="[runners]\nmax = 10")
def number_of_runners(d):
    with t.Dialled(d) as c:
        ids = [c.call("run", source="setTimeout(function(){},1e6)", wait=False)["id"]
               for _ in range(10)]
        try:
            c.run("1")
            assert False, "the eleventh was taken"
        except t.RpcError as e:
            assert e.code == -32002 and "10" in str(e) and e.data["hint"], e
        c.call("kill", id=ids[0])
        assert c.run("1")["value"] == 1


@t.scenario
def disconnect_kills_what_was_waited_for(d):
    a, b = d.dial(), d.dial()
    a.post("run", source="setInterval(function(){},10)")
    kept = a.call("run", source="setInterval(function(){},10)", wait=False)["id"]
    waited = [n["params"]["id"] for n in a.notes if n["method"] == "started"][0]
    a.close()
    r = b.call("wait", id=waited, timeout_ms=5000 * SLOW)
    assert r["state"] == "killed" and r["reason"] == "disconnected", r
    assert b.call("info", id=kept)["state"] in ("waiting", "ready", "running")
    b.close()


@t.scenario
def shutdown_ends_runaways(d):
    with t.Dialled(d) as c:
        for _ in range(6):
            c.call("run", source="for(;;);", wait=False, limits={"cpu_per_turn": "60s"})
        c.call("run", source="setInterval(function(){},1)", wait=False)
        begin = time.monotonic()
        c.call("shutdown", drain_ms=100)
    d.proc.wait(20 * SLOW)
    assert time.monotonic() - begin < 10 * SLOW


t.main(__file__)

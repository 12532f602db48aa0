"""The event loop against each fault of the predecessor, and how a script's end is told.

Timers ran beside the main script and corrupted a counter; 2,000 timers that set timers deadlocked;
pending sleeps never fired; exceptions vanished with exit 0."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import swdtest as t  # noqa: E402


def run(source, *more):
    return subprocess.run([t.SWD, "exec", *more, "-"], input=source, capture_output=True, text=True,
                          check=False, timeout=120)


@t.scenario(daemon=False)
def timers_never_run_beside_the_script():
    r = run("var n = 0, during = 0, busy = true;\n"
            "for (var i = 0; i < 50; i++) setTimeout(function () { if (busy) during++; n++; }, 0);\n"
            "for (var k = 0; k < 2e5; k++) n++;\n"
            "busy = false; setTimeout(function () { console.log(n, during); }, 20);")
    t.eq((r.stdout, r.returncode), ("200050 0\n", 0), r.stderr)


@t.scenario(daemon=False)
def two_thousand_timers_that_set_timers():
    r = run("var n = 0; for (var i = 0; i < 2000; i++) setTimeout(function () {\n"
            "  setTimeout(function () { if (++n === 2000) console.log('all'); }, 1); }, 1);")
    t.eq((r.stdout, r.returncode), ("all\n", 0), r.stderr)


@t.scenario(daemon=False)
def pending_sleeps_fire_and_keep_the_runner():
    r = run("const sleep = ms => new Promise(done => setTimeout(done, ms));\n"
            "(async () => { await Promise.all([sleep(30), sleep(10), sleep(20)]);\n"
            "  for (let i = 0; i < 3; i++) await sleep(5); console.log('awake'); })();")
    t.eq((r.stdout, r.returncode), ("awake\n", 0), r.stderr)


@t.scenario(daemon=False)
def an_exception_is_heard_wherever_it_is_thrown():
    for where in ("throw new TypeError('lost')",
                  "setTimeout(function () { throw new TypeError('lost'); }, 1)",
                  "setImmediate(function () { throw new TypeError('lost'); })",
                  "process.nextTick(function () { throw new TypeError('lost'); })",
                  "queueMicrotask(function () { throw new TypeError('lost'); })",
                  "Promise.reject(new TypeError('lost'))",
                  "Promise.resolve().then(function () { throw new TypeError('lost'); })",
                  "(async function () { throw new TypeError('lost'); })()",
                  "new EventTarget().addEventListener('x', 1)",  # a TypeError of its own
                  "var e = new EventTarget(); e.addEventListener('x', function () { throw new TypeError('lost'); });\n"
                  "e.dispatchEvent(new Event('x'))",
                  "new (require('events'))().emit('error', new TypeError('lost'))"):
        r = run(where + ";\nsetTimeout(function () { console.log('went on'); }, 100);")
        assert r.returncode == 1 and "TypeError" in r.stderr, (where, r)
        assert "went on" not in r.stdout, (where, r)


@t.scenario(daemon=False)
def a_handler_takes_it():
    r = run("process.on('uncaughtException', e => console.log('took', e.message));\n"
            "setTimeout(() => { throw new Error('a'); }, 1);\n"
            "setTimeout(() => { Promise.reject(new Error('b')); }, 5);\n"
            "setTimeout(() => console.log('went on'), 20);")
    t.eq((r.stdout, r.returncode), ("took a\ntook b\nwent on\n", 0), r.stderr)


@t.scenario(daemon=False)
def the_order_is_nodes():
    r = run("const log = [];\n"
            "setTimeout(() => { log.push('timeout'); process.nextTick(() => log.push('tick in timeout'));\n"
            "  Promise.resolve().then(() => log.push('job in timeout')); }, 0);\n"
            "setTimeout(() => log.push('timeout 2'), 0);\n"
            "queueMicrotask(() => { log.push('micro'); process.nextTick(() => log.push('tick in micro')); });\n"
            "process.nextTick(() => log.push('tick')); Promise.resolve().then(() => log.push('job'));\n"
            "log.push('sync'); setTimeout(() => console.log(log.join(', ')), 20);")
    t.eq(r.stdout, "sync, tick, micro, job, tick in micro, timeout, tick in timeout, job in timeout, timeout 2\n",
         r.stderr)


@t.scenario(conf="[runners]\ntimers = 100000\ncpu_per_turn = 60s\n")
def a_hundred_thousand_timers_pending_at_once(d):
    r = d.dial().call("run", source="var n = 0, N = 100000; for (var i = 0; i < N; i++)\n"
                      "  setTimeout(function () { if (++n === N) runner.result(n); }, 1 + i % 50);")
    t.eq((r["state"], r.get("value")), ("done", 100000), r)


t.main(__file__)

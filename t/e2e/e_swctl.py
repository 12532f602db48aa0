#!/usr/bin/env python3
"""swctl against a real daemon: what people type, what they see, and the exit codes.

Each scenario gets a daemon of its own on a temporary socket. The last line is
`N passed, N failed`; the exit status agrees. Words on the command line choose scenarios."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("SWD_BUILD") or os.path.join(SRC, "build"))
SWD = os.path.abspath(os.environ.get("SWD") or os.path.join(BUILD, "swd"))
SWCTL = os.path.abspath(os.environ.get("SWCTL") or os.path.join(BUILD, "swctl"))
PATIENCE = 120 if os.environ.get("SWD_SAN") else 40

LOOP = "console.log('up'); for (;;);"
SLEEP = "console.log('up'); setTimeout(function () {}, 600000);"


class World:
    """A folder with a daemon, scripts, and swctl to call."""

    def __init__(self, conf):
        self.dir = tempfile.mkdtemp(prefix="swd-ctl-")
        self.socket = os.path.join(self.dir, "s")
        self.env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "SWD_SOCKET")}
        self.env.update(SWD_SOCKET=self.socket, TZ="UTC0", TERM="xterm")
        self.write("swd.conf", "[control]\nsocket = %s\n%s" % (self.socket, conf))
        self.log = open(os.path.join(self.dir, "log"), "w+")
        self.daemon = subprocess.Popen([SWD, "--config", os.path.join(self.dir, "swd.conf")],
                                       stdin=subprocess.DEVNULL, stderr=self.log)
        self.until(lambda: self("version").returncode == 0 or self.daemon.poll() is not None)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def __call__(self, *args, **kw):
        """Runs swctl to its end."""
        kw.setdefault("env", self.env)
        if "input" not in kw:
            kw["stdin"] = subprocess.DEVNULL
        return subprocess.run([SWCTL, *map(str, args)], cwd=self.dir, text=True,
                              capture_output=True, timeout=PATIENCE, **kw)

    def ok(self, *args, **kw):
        """The output of a command that must succeed."""
        p = self(*args, **kw)
        assert p.returncode == 0, "%s: %d %s%s" % (args, p.returncode, p.stdout, p.stderr)
        return p.stdout

    def start(self, *args, **kw):
        """swctl in the background, its output in pipes."""
        return subprocess.Popen([SWCTL, *args], cwd=self.dir, env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **kw)

    def row(self, ident):
        rows = json.loads(self.ok("ps", "-a", "--json"))["runners"]
        return [r for r in rows if r["id"] == int(ident)][0]

    def until(self, what):
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def end(self):
        if self.daemon.poll() is None:
            self.daemon.terminate()
        try:
            self.daemon.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
            raise
        finally:
            self.log.close()
            shutil.rmtree(self.dir)
        return self.daemon.returncode


class Terminal:
    """swctl on a terminal of its own."""

    def __init__(self, w, *args, env=None):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(w.dir)
            os.execve(SWCTL, [SWCTL, *args], env or w.env)

    def expect(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen):
            assert time.monotonic() < deadline, "no %r in %r" % (pattern, self.seen)
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.fd, 4096).decode()
                except OSError:
                    break
        found = re.search(pattern, self.seen)
        assert found, "no %r in %r" % (pattern, self.seen)
        self.seen = self.seen[found.end():]

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """Its exit status, as of os.waitstatus_to_exitcode."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return code


def eq(got, want):
    assert got == want, "got %r, want %r" % (got, want)


def has(text, word):
    assert word in text, "no %r in %r" % (word, text)


def test_run_prints_console_and_value(w):
    w.write("a.js", "console.log('one'); console.warn('two'); console.error('three');\n"
                    "runner.result({a: [1, 0.1, '\u20ac']});\n")
    p = w("run", "a.js")
    eq((p.returncode, p.stdout, p.stderr), (0, 'one\n{"a":[1,0.1,"\u20ac"]}\n', "two\nthree\n"))
    eq(w.ok("run", "-", input="console.log('in')"), "in\n")
    w.write("b.js", "setTimeout(function () { console.log('late'); }, 20); 'value'")
    eq(w.ok("run", "b.js"), 'late\n"value"\n')


def test_eval(w):
    eq(w.ok("eval", "6*7"), "42\n")
    eq(w.ok("eval", "'a' + 1"), '"a1"\n')
    eq(w.ok("eval", "undefined"), "")
    eq(w.ok("eval", "const n: number = 6; n * 7"), "42\n")
    assert w("eval", "--lang", "js", "const n: number = 6; n * 7").returncode == 1
    eq(w.ok("eval", "runner.args", "--", "x", "--json"), '["x","--json"]\n')
    eq(w.ok("eval", "await 1 + 1"), "2\n")
    eq(w.ok("eval", "const p = await Promise.resolve({ a: [1] }); p"), '{"a":[1]}\n')
    eq(w.ok("eval", "import path from 'path'; path.join('a', 'b')"), '"a/b"\n')
    eq(w.ok("eval", "let n = 0; for (let i = 0; i < 4; i++) { n += await i }"), "6\n")
    eq(w.ok("eval", "await 1; Promise.resolve(7)"), "7\n")
    eq(w.ok("eval", "await 5; let late = 6"), "5\n")
    eq(w.ok("eval", "import 'path'; const one = 1; export { one }"), "")
    eq(w.ok("eval", "runner.result('said'); await 1"), '"said"\n')
    eq(w.ok("eval", "--goal", "module", "await 1 + 1"), "")
    p = w("eval", "await Promise.reject(new Error('late'))")
    assert p.returncode == 1 and "late" in p.stderr, p.stderr
    result = json.loads(w.ok("eval", "--json", "1+1"))
    eq((result["state"], result["value"]), ("done", 2))


def test_a_failure_names_its_place(w):
    w.write("dir/bad.js", "var a;\n\nfunction f() { a.b.c; }\nf();\n")
    p = w("run", "dir/bad.js")
    eq((p.returncode, p.stdout), (1, ""))
    has(p.stderr, "dir/bad.js:3:18: TypeError: ")
    p = w("eval", "throw new Error('wrong')")
    eq(p.returncode, 1)
    has(p.stderr, "Error: wrong")
    p = w("eval", "var = 1")
    eq(p.returncode, 1)
    has(p.stderr, "SyntaxError")


def test_limits_and_kill(w):
    p = w("eval", "--limit", "cpu_per_turn=50ms", "for(;;);")
    eq(p.returncode, 1)
    has(p.stderr, "killed (cpu_per_turn)")
    ident = w.ok("submit", w.write("sleep.js", SLEEP), "--group", "g", "--name", "s").strip()
    has(w.ok("ps"), "g      s")
    eq(w.ok("kill", ident), "")
    eq(w.row(ident)["state"], "killed")
    p = w("wait", ident)
    eq(p.returncode, 1)
    has(p.stderr, "killed by request")
    has(w.ok("kill", ident), "had ended already")
    eq(w("kill", 999999).returncode, 1)
    assert ident not in [line.split()[0] for line in w.ok("ps").splitlines()]


def test_submit_wait_logs(w):
    w.write("a.js", "console.log('hello'); console.warn('hm'); runner.result(5)")
    ident = w.ok("submit", "a.js").strip()
    eq(w.ok("wait", ident).splitlines()[-1], "5")
    logs = w.ok("logs", ident).splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} log   hello", logs[0]), logs
    assert logs[1].endswith(" warn  hm"), logs
    eq(len(w.ok("logs", "-n1", ident).splitlines()), 1)
    eq(w("logs", 999999).returncode, 1)


def test_logs_follow_until_the_end(w):
    w.write("t.js", "var n = 0; setInterval(function () { console.log('tick ' + ++n);"
                    " if (n === 3) throw new Error('enough'); }, 100)")
    ident = w.ok("submit", "t.js").strip()
    lines = w.ok("logs", "-f", ident).splitlines()
    eq([line.split(" ", 2)[2].strip() for line in lines], ["tick 1", "tick 2", "tick 3"])


def test_time_outs(w):
    w.write("sleep.js", SLEEP)
    p = w("--timeout", "0.3", "run", "sleep.js")
    eq(p.returncode, 4)
    ident = w.ok("submit", "sleep.js").strip()
    p = w("wait", ident, "--timeout", "200ms")
    eq(p.returncode, 4)
    w.until(lambda: w.row(ident)["state"] == "waiting")


def test_looking(w):
    stats = w.ok("stats")
    for word in ("memory", "mapped", "live", "rss", "runners", "executors"):
        has(stats, word)
    has(stats.splitlines()[2], "mapped")
    has(w.ok("gc"), "live")
    has(w.ok("gc", "--all"), "took")
    eq(w.ok("config", "control.socket"), w.socket + "\n")
    has(w.ok("config"), "runners.memory_hard")
    eq(w("config", "control.soket").returncode, 1)
    has(w.ok("version"), "Duktape")
    assert isinstance(json.loads(w.ok("stats", "--json"))["alloc"], int)


def test_reload(w):
    eq(w.ok("reload"), "nothing changed\n")
    w.write("swd.conf", "[control]\nsocket = %s\n[runners]\nmax = 77\n" % w.socket)
    has(w.ok("reload"), "runners.max")
    eq(w.ok("config", "runners.max"), "77\n")
    w.write("swd.conf", "[control]\nsocket = %s\n[runners]\nmaxx = 78\n" % w.socket)
    p = w("reload")
    eq(p.returncode, 1)
    has(p.stderr, "maxx")
    eq(w.ok("config", "runners.max"), "77\n")


def test_check_config_reports_every_problem(w):
    path = w.write("bad.conf", "[control]\nmax_frame = big\n[runnerz]\n[runners]\nwal = 5s\n")
    p = subprocess.run([SWD, "--config", path, "--check-config"], capture_output=True, text=True,
                       timeout=PATIENCE)
    eq(p.returncode, 1)
    out = p.stdout + p.stderr
    for line, word in ((2, "max_frame"), (3, "[runners]?"), (5, "'wall'?")):
        has(out, "%s:%d: " % (path, line))
        has(out, word)
    path = os.path.join(w.dir, "swd.conf")
    eq(subprocess.run([SWD, "--config", path, "--check-config"], capture_output=True,
                      timeout=PATIENCE).returncode, 0)


def test_ctrl_c_kills_without_a_terminal(w):
    w.write("loop.js", LOOP)
    p = w.start("run", "--limit", "cpu_per_turn=100s", "loop.js")
    eq(p.stdout.readline(), "up\n")
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=PATIENCE)
    eq(p.returncode, 1)
    has(err, "killing runner")
    has(err, "killed by request")


def test_ctrl_c_asks_on_a_terminal(w):
    w.write("sleep.js", SLEEP)
    t = Terminal(w, "run", "sleep.js")
    t.expect("up\r\n")
    t.type("\x03")
    t.expect(r"kill runner \d+\? \[Y/n\] ")
    t.type("n\n")
    time.sleep(0.1)
    t.type("\x03")
    t.expect(r"kill runner \d+\? \[Y/n\] ")
    t.type("\n")
    t.expect("killing runner")
    t.expect("killed by request")
    eq(t.end(), 1)


def test_a_client_that_dies_takes_its_runner_along(w):
    w.write("sleep.js", SLEEP)
    p = w.start("run", "sleep.js", "--name", "orphan")
    eq(p.stdout.readline(), "up\n")
    p.kill()
    p.communicate()
    w.until(lambda: "killed (disconnected)" in w.ok("ps", "-a"))


def test_colour_is_for_terminals(w):
    t = Terminal(w, "eval", "throw new Error('x')")
    t.expect(r"\x1b\[31mError\x1b\[0m")
    eq(t.end(), 1)
    t = Terminal(w, "eval", "throw new Error('x')", env=dict(w.env, NO_COLOR="1"))
    t.expect(": Error: x")
    eq(t.end(), 1)
    assert "\x1b" not in w("eval", "throw new Error('x')").stderr


def test_modules_come_from_the_scripts_folder(w):
    w.write("app/lib/a.js", "exports.a = 7;")
    w.write("secret.js", "exports.a = 8;")
    w.write("app/main.js", "runner.result(require('./lib/a').a);")
    w.write("app/out.js", "require('../secret');")
    eq(w.ok("run", "app/main.js"), "7\n")
    eq(w.ok("run", os.path.join(w.dir, "app/main.js")), "7\n")
    eq(w.ok("run", "--name", "shown", "app/main.js"), "7\n")
    eq(w("run", "app/out.js").returncode, 1)
    eq(w("run", "--name", "shown", "app/out.js").returncode, 1)


def test_denied(w):
    """A reader may look, and gets exit code 5 for the rest."""
    if os.geteuid() != 0:
        return
    os.chmod(w.dir, 0o755)
    os.chmod(w.socket, 0o666)
    copy = os.path.join(w.dir, "swctl")
    shutil.copy(os.path.realpath(SWCTL), copy)
    os.chmod(copy, 0o755)

    def nobody(*args):
        return subprocess.run([copy, *args], env=w.env, user=65534, capture_output=True, text=True,
                              timeout=PATIENCE).returncode

    eq(nobody("ps"), 0)
    eq(nobody("eval", "1"), 5)
    eq(nobody("shutdown"), 5)
    os.chmod(w.socket, 0o600)
    eq(nobody("ps"), 5)


test_denied.conf = "read_only_uids = 65534\n"


def test_shutdown(w):
    ident = w.ok("submit", w.write("sleep.js", SLEEP)).strip()
    eq(w.row(ident)["state"] in ("ready", "running", "waiting"), True)
    eq(w.ok("shutdown", "--drain", "50ms"), "")
    eq(w.daemon.wait(PATIENCE), 0)
    p = w("ps")
    eq(p.returncode, 3)
    has(p.stderr, "is it running?")


def test_completion(w):
    bash = w.ok("completion", "bash")
    ident = w.ok("submit", w.write("sleep.js", SLEEP)).strip()

    def complete(*words):
        script = bash + "\nCOMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _swctl; " \
                        "printf '%s\\n' \"${COMPREPLY[@]}\""
        p = subprocess.run(["bash", "-c", script, "bash", *words], cwd=w.dir, env=w.env, text=True,
                           capture_output=True, timeout=PATIENCE)
        eq(p.stderr, "")
        return p.stdout.split()

    eq(complete(SWCTL, "sub"), ["submit"])
    eq(complete(SWCTL, "run", "--la"), ["--lang"])
    eq(complete(SWCTL, "run", "--lang", "t"), ["ts", "tsx"])
    eq(complete(SWCTL, "run", "--limit", "memory_h"), ["memory_hard="])
    eq(complete(SWCTL, "run", "sl"), ["sleep.js"])
    eq(complete(SWCTL, "-s", w.socket, "kill", ""), [ident])
    eq(complete(SWCTL, "help", "rel"), ["reload"])
    for shell in ("bash", "zsh", "fish"):
        if shutil.which(shell):
            w.write(shell, w.ok("completion", shell))
            subprocess.run([shell, "-n", os.path.join(w.dir, shell)], check=True)


def play(name, fn):
    w = None
    try:
        w = World(getattr(fn, "conf", ""))
        fn(w)
        log, code, w2, w = w.text(), None, w, None
        code = w2.end()
        assert code == 0, "the daemon ended with %d: %s" % (code, log[-3000:])
        assert "Sanitizer" not in log, log[-6000:]
        return True
    except Exception:
        traceback.print_exc(file=sys.stdout)
        if w:
            print(w.text()[-3000:])
            w.end()
        return False


def main():
    tests = [(n, f) for n, f in list(globals().items()) if n.startswith("test_")]
    tests = [t for t in tests if not sys.argv[1:] or any(word in t[0] for word in sys.argv[1:])]
    failed = 0
    for name, fn in tests:
        good = play(name, fn)
        failed += not good
        print("%s %s" % ("ok    " if good else "FAILED", name), flush=True)
    print("%d passed, %d failed" % (len(tests) - failed, failed))
    sys.exit(1 if failed else 0)


main()

"""What end-to-end suites share: a daemon on a temporary socket, a client of the protocol, checks.

    import swdtest as t

    @t.scenario
    def something_holds(d):          # a function per scenario; `d` is a fresh daemon
        c = d.dial()
        t.eq(c.call("run", source="1+1")["value"], 2)

    t.main(__file__)

SWDTEST_CONF holds text for the end of every configuration: suites run again under other settings.

A scenario passes when it raises nothing. The last line is `N passed, N failed`; the exit status
agrees. Programs are found in SWD and SWCTL, else in SWD_BUILD (default `build`)."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("SWD_BUILD") or os.path.join(SRC, "build"))
SWD = os.environ.get("SWD") or os.path.join(BUILD, "swd")
SWCTL = os.environ.get("SWCTL") or os.path.join(BUILD, "swctl")
SAN = os.environ.get("SWD_SAN", "")
PATIENCE = 180.0 if SAN else 60.0  # longest wait for anything; free for whoever passes

scenarios = []


class RpcError(Exception):
    """An error reply; `code`, `name` and `data` as on the wire."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.code = error["code"]
        self.data = error.get("data", {})
        self.name = self.data.get("name")


class Closed(Exception):
    """The daemon closed the connection."""


class Client:
    """One connection. Replies may be waited for in any order; notifications are kept in `notes`."""

    def __init__(self, path, hello=True):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(path)
        self.buf = b""
        self.next_id = 0
        self.replies = {}
        self.notes = []
        self.modules = {}  # path: source, answered when asked
        self.hello = None
        if hello:
            self.hello = self.message()
            assert self.hello["method"] == "hello", self.hello

    def close(self):
        self.sock.close()

    def send_bytes(self, data):
        self.sock.sendall(data)

    def send_line(self, obj):
        self.send_bytes(json.dumps(obj).encode() + b"\n")

    def post(self, method, **params):
        """Sends a request and answers its id at once."""
        self.next_id += 1
        self.send_line({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params})
        return self.next_id

    def message(self):
        """The next message, whatever it is."""
        while b"\n" not in self.buf:
            data = self.sock.recv(1 << 16)
            if not data:
                raise Closed(self.buf)
            self.buf += data
        line, self.buf = self.buf.split(b"\n", 1)
        return json.loads(line)

    def _sort(self, m):
        if m.get("method") == "module.read":
            path = m["params"]["path"]
            if path in self.modules:
                answer = {"result": {"source": self.modules[path]}}
            else:
                answer = {"error": {"code": -32001, "message": "no such file"}}
            self.send_line({"jsonrpc": "2.0", "id": m["id"], **answer})
        elif "method" in m:
            self.notes.append(m)
        else:
            assert m["id"] not in self.replies, "answered twice: %r" % m
            self.replies[m["id"]] = m

    def reply(self, rid):
        """The result of request `rid`, or its error as RpcError."""
        while rid not in self.replies:
            self._sort(self.message())
        m = self.replies.pop(rid)
        if "error" in m:
            raise RpcError(m["error"])
        return m["result"]

    def call(self, method, **params):
        return self.reply(self.post(method, **params))

    def run(self, source, **params):
        return self.call("run", source=source, **params)

    def note(self, method, where=lambda p: True):
        """The next notification of that method, which is taken off the list."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for i, m in enumerate(self.notes):
                if m["method"] == method and where(m["params"]):
                    del self.notes[i]
                    return m["params"]
            self._sort(self.message())
        raise AssertionError("no %s came" % method)

    def ended(self):
        """Reads on until the daemon closes; False if it does not."""
        try:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                self.message()
        except (Closed, ConnectionError):
            return True
        return False


class Daemon:
    """A daemon with a configuration of its own in a folder of its own."""

    def __init__(self, conf="", args=(), wait=True, folder=None, env=None):
        self.own = folder is None
        self.dir = folder or tempfile.mkdtemp(prefix="swd-e2e-")
        self.socket = os.path.join(self.dir, "swd.sock")
        self.conf = os.path.join(self.dir, "swd.conf")
        self.log = os.path.join(self.dir, "log")
        self.clients = []
        with open(self.conf, "w") as f:
            text = conf + os.environ.get("SWDTEST_CONF", "")
            if "[control]" in text:
                text = text.replace("[control]", "[control]\nsocket = %s" % self.socket, 1)
            else:
                text += "\n[control]\nsocket = %s\n" % self.socket
            f.write(text)
        with open(self.log, "ab") as log:
            self.proc = subprocess.Popen([SWD, "--config", self.conf, *args], stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log, env=env)
        if wait:
            self.wait_ready()

    def wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.proc.poll() is not None:
                raise AssertionError("the daemon ended with %s: %s" % (self.proc.returncode, self.logged()))
            try:
                Client(self.socket).close()
                return
            except (OSError, Closed):
                time.sleep(0.005)
        raise AssertionError("the daemon does not answer: " + self.logged())

    def logged(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def dial(self, hello=True):
        c = Client(self.socket, hello)
        self.clients.append(c)
        return c

    def swctl(self, *args, stdin=None, env=None, timeout=PATIENCE):
        return subprocess.run([SWCTL, "--socket", self.socket, *args], input=stdin, text=True,
                              capture_output=True, timeout=timeout, env=env)

    def alive(self):
        """Whether it still runs a script."""
        with Dialled(self) as c:
            return self.proc.poll() is None and c.run("6*7")["value"] == 42

    def rss(self):
        with open("/proc/%d/statm" % self.proc.pid) as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.proc.pid))

    def stop(self, how=signal.SIGTERM):
        """Ends it and answers its exit status; it must not have crashed."""
        for c in self.clients:
            c.close()
        if self.proc.poll() is None:
            self.proc.send_signal(how)
            try:
                self.proc.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
                raise AssertionError("the daemon did not end: " + self.logged()[-2000:])
        return self.proc.returncode

    def clean(self):
        if self.own:
            shutil.rmtree(self.dir, ignore_errors=True)


class Dialled:
    """`with Dialled(d) as c:` a connection that is closed at the end."""

    def __init__(self, d):
        self.c = Client(d.socket)

    def __enter__(self):
        return self.c

    def __exit__(self, *_):
        self.c.close()


def eq(got, want, what=""):
    assert got == want, "%s: got %r, want %r" % (what or "value", got, want)


def raises(code, fn, *args, **kw):
    """The RpcError with that code that `fn` must raise."""
    try:
        got = fn(*args, **kw)
    except RpcError as e:
        eq(e.code, code, "error code of %s" % e)
        return e
    raise AssertionError("no error, but %r" % (got,))


def until(fn, what="condition"):
    """Waits until `fn()` is true; answers what it gave."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        got = fn()
        if got:
            return got
        time.sleep(0.01)
    raise AssertionError("waited in vain for %s" % what)


def readable(sock, seconds):
    return bool(select.select([sock], [], [], seconds)[0])


def scenario(fn=None, conf="", daemon=True):
    """Registers a scenario; it gets a Daemon with that configuration, or nothing."""

    def register(f):
        scenarios.append((f, conf, daemon))
        return f

    return register(fn) if fn else register


def _run(fn, conf, daemon):
    if not daemon:
        fn()
        return
    d = Daemon(conf)
    try:
        fn(d)
        code = d.stop()
        assert code == 0, "the daemon ended with %s: %s" % (code, d.logged()[-2000:])
    except BaseException:
        sys.stderr.write(d.logged()[-3000:])
        raise
    finally:
        if d.proc.poll() is None:
            d.proc.kill()
            d.proc.wait()
        for c in d.clients:
            c.close()
        d.clean()


def main(path):
    only = sys.argv[1:]
    passed = failed = 0
    for fn, conf, daemon in scenarios:
        if only and not any(w in fn.__name__ for w in only):
            continue
        start = time.monotonic()
        try:
            _run(fn, conf, daemon)
            passed += 1
            print("ok   %s (%.1f s)" % (fn.__name__, time.monotonic() - start), flush=True)
        except Exception:
            failed += 1
            traceback.print_exc()
            print("FAIL %s" % fn.__name__, flush=True)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)

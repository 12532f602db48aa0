"""swctl top: once into a pipe, and on a screen: in tmux, which tells what a person would see, and in
a bare pty for what tmux cannot do (a slow line, an unknown terminal)."""

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import swdtest as t

CONF = "[monitor]\ninterval = 200ms\n[images]\nhibernate_after = 1h\n"
ENV = dict(os.environ, LC_ALL="C.UTF-8", LANG="C.UTF-8")


def screenless():
    with open(os.path.join(t.SRC, "config.h")) as f:
        if "#define HAVE_NCURSES 1" not in f.read():
            print("skipped: built without ncurses")
            return True
    return False


def fill(d):
    """Nine runners that idle, of 40 KB and more each, and one that works."""
    c = d.dial()
    ids = [c.run("globalThis.b = 'y'.repeat(%d); setInterval(() => 0, 1e6)" % (40000 * i),
                 name="idle-%d.js" % i, group="quiet", wait=False)["id"] for i in range(1, 10)]
    busy = c.run("setInterval(() => { let n = 0; for (let i = 0; i < 50000; i++) n += i; }, 20)",
                 name="busy.js", group="loud", wait=False)["id"]
    t.until(lambda: len(c.call("top")["runners"]) == 10)
    t.until(lambda: [r["id"] for r in c.call("top", by="cpu")["runners"]] == [busy])
    return c, ids, busy


@t.scenario(conf=CONF)
def the_largest_and_the_busiest_come_first(d):
    c, ids, busy = fill(d)
    rows = c.call("top", limit=3)["runners"]
    t.eq([r["id"] for r in rows], [ids[8], ids[7], ids[6]])
    assert rows[0]["memory"] and rows[0]["memory"][-1] >= 360000, rows[0]
    row = c.call("top", by="cpu")["runners"][0]
    assert row["name"] == "busy.js" and 0 < row["cpu"] <= 1.5, row
    r = d.swctl("top", "--by", "cpu")
    assert r.returncode == 0 and "busy.js" in r.stdout.splitlines()[1], r
    assert json.loads(d.swctl("top", "--json").stdout)["runners"][0]["id"] == ids[8]
    c.call("hibernate", id=ids[8])
    t.until(lambda: c.call("top")["runners"][-1]["id"] == ids[8])
    t.eq(c.call("top")["runners"][-1]["state"], "hibernated")
    c.call("kill", id=busy)
    t.until(lambda: busy not in [r["id"] for r in c.call("top")["runners"]])
    t.raises(-32602, c.call, "top", by="luck")


class Screen:
    """`swctl top` in a tmux of its own."""

    def __init__(self, d, cols, rows):
        self.socket = os.path.join(tempfile.mkdtemp(prefix="swd-tmux-"), "s")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(cols), "-y", str(rows),
                  "%s --socket %s top -d 250ms; echo left with $?; sleep 60" % (t.SWCTL, d.socket))

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, *args], env=ENV, capture_output=True,
                              text=True, timeout=t.PATIENCE).stdout

    def see(self, *words, without=()):
        """Waits until every word is on the screen (and none of `without`); answers its lines. A
        screen is also caught half drawn: what has to be true is waited for."""

        def right(s):
            return s if all(w in s for w in words) and not any(w in s for w in without) else None

        return t.until(lambda: right(self.tmux("capture-pane", "-p")),
                       "see %r without %r" % (words, without)).splitlines()

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def end(self):
        self.tmux("kill-server")
        shutil.rmtree(os.path.dirname(self.socket))


@t.scenario(conf=CONF)
def the_screen_shows_sorts_filters_and_acts(d):
    if screenless() or not shutil.which("tmux"):
        print("skipped: tmux is not installed")
        return
    c, ids, busy = fill(d)
    s = Screen(d, 120, 24)
    try:
        lines = s.see("idle-9.js", "busy.js", "pressure none", "MEMORY*", "q quit")
        at = [l for l in lines if "idle-" in l]
        assert "idle-9.js" in at[0] and "idle-8.js" in at[1] and "quiet" in at[0], lines
        s.see("\u2581")  # a sparkline
        s.keys("c")
        s.see("CPU*", "busy.js", without=["idle-1.js"])
        s.keys("p")
        s.see("POOL", "bytebuf", "OVERSIZE")
        s.keys("m")
        s.keys("/")
        s.see("show only:")
        s.keys("idle-3")
        s.keys("Enter")
        lines = s.see("[idle-3]", "idle-3.js", without=["idle-2.js", "idle-4.js", "busy.js"])
        t.eq(len([l for l in lines if "quiet" in l]), 1)
        s.keys("g")
        s.see("gc: 1 runners")
        s.keys("k")
        s.see("end runner %d? y/n" % ids[2])
        s.keys("n")
        time.sleep(0.3)
        t.eq(c.call("info", id=ids[2])["state"], "waiting")
        s.keys("h")
        s.see("hibernate: 1 runners")
        t.until(lambda: c.call("info", id=ids[2])["state"] == "hibernated")
        s.keys("k")
        s.see("end runner %d? y/n" % ids[2])
        s.keys("y")
        t.until(lambda: c.call("info", id=ids[2])["state"] == "killed")
        s.see("no runner matches")
        s.keys("Escape")
        s.see("idle-9.js")
        for cols, rows in ((60, 10), (20, 5), (200, 50), (80, 24)):
            s.tmux("resize-window", "-x", str(cols), "-y", str(rows))
            time.sleep(0.5)
        lines = s.see("idle-9.js", "q quit", "idle-1.js")
        t.eq(len(lines), 24)
        assert max(len(l) for l in lines) <= 80
        s.keys("?")
        s.see("KEYS", "look more often")
        s.keys("q")
        s.see("left with 0")
    finally:
        s.end()


@t.scenario(conf=CONF)
def a_lost_daemon_gives_the_terminal_back(d):
    if screenless() or not shutil.which("tmux"):
        print("skipped: tmux is not installed")
        return
    s = Screen(d, 80, 24)
    try:
        s.see("runners 0")
        t.eq(d.stop(), 0)
        s.see("swctl:", "left with 3")
    finally:
        s.end()


def spawn(d, term, cols, rows):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM=term, LC_ALL="C.UTF-8")
        os.execv(t.SWCTL, [t.SWCTL, "--socket", d.socket, "top", "-d", "100ms"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    return pid, fd


def read_for(fd, seconds):
    out, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                out += os.read(fd, 65536)
            except OSError:
                break
    return out


@t.scenario(conf=CONF)
def a_line_that_takes_nothing_holds_nothing_up(d):
    if screenless():
        return
    c, ids, _ = fill(d)
    pid, fd = spawn(d, "xterm", 100, 30)
    first = read_for(fd, 1.5)
    assert b"idle-9.js" in first, first
    c.call("kill", id=ids[8])
    rest = read_for(fd, 1.5)
    assert 0 < len(rest) < 2 * len(first), len(rest)  # what differs, not the whole again and again
    time.sleep(2)  # nobody reads
    os.write(fd, b"q")
    read_for(fd, 2)
    t.eq(os.waitpid(pid, 0)[1], 0)
    os.close(fd)


@t.scenario(conf=CONF)
def a_terminal_that_nobody_knows_is_refused(d):
    if screenless():
        return
    pid, fd = spawn(d, "no-such-terminal", 80, 24)
    out = read_for(fd, 2)
    t.eq(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 1)
    assert b"knows no terminal" in out and b"swctl top | cat" in out, out
    os.close(fd)


t.main(__file__)

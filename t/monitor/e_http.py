"""The monitor by HTTP: both forms of the metrics, who may ask, how many at once, and the page's
data. promtool looks at the plain form where it is installed."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import swdtest as t

HTTP = "[monitor]\ninterval = 100ms\nhttp = 127.0.0.1:0\n"
OPEN = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"


def address(d):
    found = re.search(r'event=http.start address="([^"]*)"', d.logged())
    assert found, d.logged()
    host, port = found.group(1).rsplit(":", 1)
    return host, int(port)


def ask(d, path, method="GET", **headers):
    c = http.client.HTTPConnection(*address(d), timeout=t.PATIENCE)
    c.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    r.text = r.read().decode()
    c.close()
    return r


def families(text):
    return {l.split()[2]: l.split()[3] for l in text.splitlines() if l.startswith("# TYPE ")}


def values(text):
    return {l.split()[0]: float(l.split()[1]) for l in text.splitlines() if not l.startswith("#")}


@t.scenario(conf=HTTP)
def every_metric_is_served_in_both_forms(d):
    c = d.dial()
    c.run("1+1")
    plain, opened = ask(d, "/metrics"), ask(d, "/metrics", Accept=OPEN)
    t.eq((plain.status, opened.status), (200, 200))
    t.eq(plain.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
    assert opened.getheader("Content-Type").startswith("application/openmetrics-text; version=1.0.0")
    assert opened.text.endswith("\n# EOF\n") and "# EOF" not in plain.text
    metrics = c.call("history")["metrics"]
    t.eq(len(families(plain.text)), len(metrics) + 1)  # and swd_build_info
    v = values(plain.text)
    for name, kind in families(plain.text).items():
        t.eq(name.endswith("_total"), kind == "counter", name)
    for name, kind in families(opened.text).items():
        assert not name.endswith("_total") and name + ("_total" if kind == "counter" else "") in \
            values(opened.text) or name == "swd_build_info", name
    t.eq(v["swd_submitted_runners_total"], 1.0)
    assert v["swd_resident_bytes"] > 1 << 20 and v["swd_uptime_seconds"] > 0, v
    t.eq(values(ask(d, "/metrics").text)["swd_submitted_runners_total"], 1.0)


@t.scenario(conf=HTTP)
def promtool_finds_nothing_wrong(d):
    if not shutil.which("promtool"):
        print("skipped: promtool is not installed (Debian package prometheus)")
        return
    r = subprocess.run(["promtool", "check", "metrics"], input=ask(d, "/metrics").text, text=True,
                       capture_output=True)
    t.eq((r.returncode, r.stdout, r.stderr), (0, "", ""))


@t.scenario(conf=HTTP)
def strangers_and_other_methods_are_refused(d):
    host, port = address(d)
    for name in ("evil.example", "evil.example:%d" % port, "127.0.0.1.evil.example", "128.0.0.1", "0.0.0.0"):
        t.eq(ask(d, "/metrics", Host=name).status, 421, name)
    for name in ("localhost", "localhost:%d" % port, "127.1.2.3", "[::1]:%d" % port):
        t.eq(ask(d, "/metrics", Host=name).status, 200, name)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        r = ask(d, "/metrics", method)
        t.eq((r.status, r.getheader("Allow")), (405, "GET, HEAD"), method)
    r = ask(d, "/metrics", "HEAD")
    t.eq((r.status, r.text), (200, ""))
    t.eq(ask(d, "/etc/passwd").status, 404)
    t.eq(ask(d, "/../metrics").status, 404)
    s = socket.create_connection((host, port), timeout=t.PATIENCE)
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20000 + b"\r\n\r\n")
    assert b" 200 " not in s.makefile("rb").readline()
    s.close()
    s = socket.create_connection((host, port), timeout=t.PATIENCE)
    s.sendall(b"\0\xff" * 500 + b"\r\n\r\n")
    assert b" 200 " not in s.makefile("rb").readline()
    s.close()
    t.eq(ask(d, "/metrics").status, 200)


@t.scenario(conf=HTTP)
def connections_are_bounded_and_places_come_back(d):
    c = d.dial()
    idle = [socket.create_connection(address(d), timeout=t.PATIENCE) for _ in range(60)]
    time.sleep(0.3)
    fds = len(os.listdir("/proc/%d/fd" % d.proc.pid))
    assert fds < 32 + 32, fds  # 32 of them were accepted; the rest wait in the kernel
    t.eq(c.run("6*7")["value"], 42)
    for s in idle:
        s.close()
    t.eq(ask(d, "/metrics").status, 200)
    for _ in range(100):
        t.eq(ask(d, "/metrics", "HEAD").status, 200)
    t.until(lambda: len(os.listdir("/proc/%d/fd" % d.proc.pid)) <= fds - 30)


@t.scenario(conf=HTTP)
def the_pages_data_and_policy(d):
    c = d.dial()
    i = c.run("setInterval(() => 0, 1e6)", name="<img src=x onerror=alert(1)>", wait=False)["id"]
    t.until(lambda: [r for r in json.loads(ask(d, "/data.json").text)["runners"] if r["id"] == i])
    data = json.loads(ask(d, "/data.json").text)
    t.eq(set(data["now"]), set(c.call("history")["metrics"]))
    t.eq(len(data["history"]["t"]), len(data["history"]["rss"]))
    assert data["pools"] and data["pressure"]["level"] in ("none", "some", "high", "critical")
    later = json.loads(ask(d, "/data.json?after=%f" % data["t"]).text)
    assert len(later["history"]["t"]) <= 3 < len(data["history"]["t"]) + 3, later["history"]["t"]
    one, two = ask(d, "/"), ask(d, "/")
    policy = one.getheader("Content-Security-Policy")
    nonce = re.search(r"script-src 'nonce-([0-9a-f]{32})'", policy).group(1)
    assert "default-src 'none'" in policy and one.text.count('nonce="%s"' % nonce) == 2, policy
    assert nonce not in two.text and "@NONCE@" not in one.text
    t.eq(one.getheader("X-Frame-Options"), "DENY")
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", one.text), "something from elsewhere"


@t.scenario(daemon=False)
def a_unix_socket_serves_too_and_is_taken_away():
    folder = tempfile.mkdtemp(prefix="swd-http-")
    path = os.path.join(folder, "http.sock")
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    d = t.Daemon("[monitor]\nhttp = unix:%s\n" % path)
    try:
        t.eq(os.stat(path).st_mode & 0o777, 0o660)
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(t.PATIENCE)
        s.connect(path)
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: swd\r\n\r\n")
        text = s.makefile("rb").read()
        assert text.startswith(b"HTTP/1.1 200 OK\r\n") and b"swd_resident_bytes " in text, text
        t.eq(d.stop(), 0)
        assert not os.path.exists(path)
    finally:
        d.clean()
        shutil.rmtree(folder)


@t.scenario(daemon=False)
def only_this_machine_may_listen():
    folder = tempfile.mkdtemp(prefix="swd-http-")
    path = os.path.join(folder, "c")
    for value, good in (("0.0.0.0:9464", False), ("192.168.1.1:9464", False), ("[::]:9464", False),
                        ("127.0.0.1", False), ("127.0.0.1:99999", False), ("9464", False),
                        ("localhost:9464", False), ("unix:relative", False), ("", True),
                        ("127.0.0.1:9464", True), ("[::1]:9464", True), ("unix:/run/x.sock", True)):
        with open(path, "w") as f:
            f.write("[monitor]\nhttp = %s\n" % value)
        r = subprocess.run([t.SWD, "--check-config", "--config", path], capture_output=True, text=True)
        t.eq(r.returncode == 0, good, value + r.stderr)
        assert good or "loopback" in r.stderr, r.stderr
    shutil.rmtree(folder)


@t.scenario(daemon=False)
def an_address_in_use_is_said_at_start():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen()
    folder = tempfile.mkdtemp(prefix="swd-http-")
    path = os.path.join(folder, "c")
    with open(path, "w") as f:
        f.write("[control]\nsocket = %s/s\n[monitor]\nhttp = 127.0.0.1:%d\n" % (folder, s.getsockname()[1]))
    r = subprocess.run([t.SWD, "--config", path], capture_output=True, text=True, timeout=t.PATIENCE)
    assert r.returncode != 0 and "in use" in r.stderr, r.stderr
    s.close()
    shutil.rmtree(folder)


t.main(__file__)

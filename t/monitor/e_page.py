"""The page of charts in a real browser, headless: it draws, it goes on drawing, it says when the
daemon is gone, and a runner's name cannot run. Skipped where there is no Chromium. With
SWD_PAGE_PNG=FILE it leaves a picture there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import swdtest as t

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CONF = "[monitor]\ninterval = 250ms\nhttp = 127.0.0.1:0\n[images]\nhibernate_after = 4s\n"
PICTURE = os.environ.get("SWD_PAGE_PNG")
EVIL = "report.ts" if PICTURE else "<img src=x onerror=document.title='owned'>"
BUSY = """const kept = []; let n = 0;
setInterval(() => { for (let i = 0; i < 3000; i++) n += Math.sqrt(i);
  kept.push('x'.repeat(4000) + n); if (kept.length > 150) kept.length = 0; }, %d);"""


def address(d):
    return re.search(r'event=http.start address="([^"]*)"', d.logged()).group(1)


def browse(d, *args):
    """Runs Chromium on the page for some seconds of its own time; answers what it printed."""
    home = tempfile.mkdtemp(prefix="swd-page-")
    try:
        r = subprocess.run(
            [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-extensions", "--disable-background-networking", "--no-first-run",
             "--hide-scrollbars", "--user-data-dir=" + home, *args, "http://%s/" % address(d)],
            capture_output=True, text=True, timeout=120, env=dict(os.environ, HOME=home))
        return r.stdout
    finally:
        shutil.rmtree(home, ignore_errors=True)


@t.scenario(conf=CONF)
def it_draws_and_no_name_runs(d):
    if not BROWSER:
        print("skipped: chromium is not installed")
        return
    c = d.dial()
    for i in range(4):
        c.run(BUSY % (20 + 10 * i), name="worker-%d.ts" % i, group="tenant-%d" % (i % 2), wait=False)
    for i in range(12):
        c.run("globalThis.b = 'y'.repeat(%d); setInterval(() => 0, 1e6)" % (30000 * (i + 1)),
              name="idle-%d.js" % i, wait=False)
    c.run("globalThis.b = 'z'.repeat(2e6); setInterval(() => 0, 100)", name=EVIL, wait=False)
    for _ in range(60 if PICTURE else 8):
        for _ in range(40):
            c.run("6*7")
        c.call("gc")
        time.sleep(0.25)
    t.until(lambda: len(c.call("history")["samples"]) >= 8)
    dom = browse(d, "--window-size=1360,1500", "--virtual-time-budget=6000", "--dump-dom")
    assert 'id="chart-memory"' in dom, dom[:3000]
    for chart in ("memory", "runners", "pressure", "gc", "pools", "work"):
        svg = re.search(r'id="chart-%s".*?</svg>' % chart, dom, re.S).group(0)
        paths = re.findall(r'<path class="[^"]*" d="(M[^"]*)"', svg)
        assert paths and all("NaN" not in p and "L" in p for p in paths), svg
        assert svg.count("<text") >= 4, svg
    assert int(re.search(r'data-polls="(\d+)"', dom).group(1)) >= 2, "it asked once only"
    assert "worker-0.ts" in dom and "bytebuf" in dom and ">none<" in dom, dom
    assert "<title>swd</title>" in dom and "<img" not in dom.replace("&lt;img", ""), "a name ran"
    assert EVIL.replace("<", "&lt;").replace(">", "&gt;") in dom
    picture = PICTURE or os.path.join(d.dir, "page.png")
    browse(d, "--window-size=1360,1950", "--virtual-time-budget=5000", "--screenshot=" + picture)
    assert os.path.getsize(picture) > 20000


t.main(__file__)

"""The examples for Prometheus and Grafana in etc/: every metric that they name is served, and
promtool, where it is installed, finds nothing wrong with them."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import swdtest as t

ETC = os.path.join(t.SRC, "etc")
FILES = ("prometheus/prometheus.yml", "prometheus/swd.rules.yml", "grafana/swd.json")


def text_of(name):
    with open(os.path.join(ETC, name), encoding="utf-8") as f:
        return f.read()


def expressions(panels):
    return [target["expr"] for p in panels for target in p["targets"]]


@t.scenario(conf="[monitor]\nhttp = 127.0.0.1:0\n")
def every_metric_they_name_is_served(d):
    where = re.search(r'event=http.start address="([^"]*)"', d.logged()).group(1)
    c = http.client.HTTPConnection(where, timeout=t.PATIENCE)
    c.request("GET", "/metrics")
    served = {re.split(r"[ {]", l)[0] for l in c.getresponse().read().decode().splitlines()
              if not l.startswith("#")}
    c.close()
    board = json.loads(text_of("grafana/swd.json"))
    rules = re.findall(r"^ *expr: (?:>\n)?((?:.*\n)(?: {10}.*\n)*)", text_of("prometheus/swd.rules.yml"), re.M)
    for name, exprs in (("grafana", expressions(board["panels"])), ("rules", rules)):
        assert len(exprs) >= 9, (name, exprs)
        for e in exprs:
            used = set(re.findall(r"\bswd_[a-z0-9_]+", e))
            assert used <= served, "%s: nobody serves %s" % (name, sorted(used - served))
            assert used or "up{" in e, e
    ids = [p["id"] for p in board["panels"]]
    t.eq(len(ids), len(set(ids)))


@t.scenario(daemon=False)
def promtool_accepts_them():
    if not shutil.which("promtool"):
        print("skipped: promtool is not installed (Debian package prometheus)")
        return
    for what in (["config", "prometheus.yml"], ["rules", "swd.rules.yml"]):
        r = subprocess.run(["promtool", "check", *what], cwd=os.path.join(ETC, "prometheus"),
                           capture_output=True, text=True)
        t.eq(r.returncode, 0, r.stdout + r.stderr)


t.main(__file__)

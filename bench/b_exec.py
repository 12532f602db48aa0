#!/usr/bin/env python3
"""exec.cold_start: a whole process that runs an empty script, against duk and node where installed.

Wall time from start to end, the median of RUNS; ours and each peer alternate, so that whatever else
the machine does hits both."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 15
SWD = os.environ.get("SWD") or os.path.join(os.environ.get("SWD_BUILD", "build"), "swd")


def once(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1e3


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    if not "exec.cold_start".startswith(prefix):
        return
    with tempfile.NamedTemporaryFile("w", suffix=".js") as f:
        f.write("1;\n")
        f.flush()
        ours = [SWD, "exec", f.name]
        for name, command in (("duk", ["duk", f.name]), ("node", ["node", f.name]),
                              ("an empty process", ["true"])):
            if not shutil.which(command[0]):
                continue
            a, b = [], []
            once(ours), once(command)
            for _ in range(RUNS):
                a.append(once(ours))
                b.append(once(command))
            value, peer = statistics.median(a), statistics.median(b)
            print(json.dumps({"bench": "exec.cold_start", "value": round(value, 3), "unit": "ms",
                              "peer": name, "peer_value": round(peer, 3),
                              "ratio": round(value / peer, 3)}), flush=True)


main()

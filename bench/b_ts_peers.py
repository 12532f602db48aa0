#!/usr/bin/env python3
"""The transpiler against esbuild, @swc/core, oxc-transform and typescript: latency for about 1 KB and
20 KB, throughput over about 1 MB of real TypeScript, the most memory, a cold process.

The peers come from npm, into a folder of the build; without npm, or without the network, what is
missing is left out with a message. The real TypeScript is the source of zod, which its package has.
Files that ours refuses (BigInt literals) are left out for all. Ours and swc and typescript lower to
ES5; esbuild and oxc cannot, and stop at ES2015. Times are the best of many rounds, CPU time; of esbuild,
which works in another process, wall time. A cold process is the best of many, wall time."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("SWD_BUILD", "build")
SWD = os.environ.get("SWD") or os.path.join(BUILD, "swd")
FOLDER = os.path.join(BUILD, "bench", "npm")
PACKAGES = ["esbuild", "@swc/core", "oxc-transform", "typescript@5", "zod@4"]
MEGABYTE = 1000000

NODE = r"""
const fs = require('fs');
const [folder, name, list, rounds] = process.argv.slice(1);
const load = m => require(require.resolve(m, { paths: [folder] }));
const make = {
    esbuild() {
        const m = load('esbuild');
        return (s, f) => m.transformSync(s, { loader: 'ts', target: 'es2015', format: 'cjs' });
    },
    '@swc/core'() {
        const m = load('@swc/core');
        return (s, f) => m.transformSync(s, { filename: f, jsc: { parser: { syntax: 'typescript',
            decorators: true }, target: 'es5' }, module: { type: 'commonjs' } });
    },
    'oxc-transform'() {
        const m = load('oxc-transform');
        const run = m.transformSync || m.transform;
        return (s, f) => run(f, s, { target: 'es2015' });
    },
    typescript() {
        const m = load('typescript');
        return (s, f) => m.transpileModule(s, { compilerOptions: { target: m.ScriptTarget.ES5,
            module: m.ModuleKind.CommonJS } });
    },
};
const run = make[name]();
const files = fs.readFileSync(list, 'utf8').split('\n').filter(Boolean)
    .map(f => [fs.readFileSync(f, 'utf8'), f]);
const before = process.memoryUsage().rss;
let best = Infinity;
for (let i = 0; i < +rounds; i++) {
    const t = process.hrtime.bigint(), cpu = process.cpuUsage();
    for (const [s, f] of files) run(s, f);
    const wall = Number(process.hrtime.bigint() - t), used = process.cpuUsage(cpu);
    best = Math.min(best, wall, name === 'esbuild' ? wall : (used.user + used.system) * 1e3);
}
console.log(JSON.stringify({ ns: best, rss: process.resourceUsage().maxRSS * 1024 - before }));
process.exit(0);
"""


def say(text):
    print(f"ts peers: {text}", file=sys.stderr)


def install():
    """The packages that are there, after trying to install what is not."""
    names = [p.rsplit("@", 1)[0] if p.rfind("@") > 0 else p for p in PACKAGES]
    have = [n for n in names if os.path.isdir(os.path.join(FOLDER, "node_modules", n))]
    if len(have) < len(names) and shutil.which("npm"):
        os.makedirs(FOLDER, exist_ok=True)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", FOLDER, *PACKAGES],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180,
                       check=False)
        have = [n for n in names if os.path.isdir(os.path.join(FOLDER, "node_modules", n))]
    for n in names:
        if n not in have:
            say(f"{n} is not there (npm could not install it): left out")
    return have


def ours(list_file, rounds):
    """{ns, bytes, most} of the compiler over the files."""
    r = subprocess.run([os.path.join(BUILD, "bench", "b_ts"), "--files", list_file, str(rounds)],
                       capture_output=True, text=True, check=True)
    return json.loads(r.stdout)


def theirs(name, list_file, rounds):
    try:
        r = subprocess.run(["node", "-e", NODE, os.path.abspath(FOLDER), name, list_file,
                            str(rounds)], capture_output=True, text=True, timeout=300, check=True)
        return json.loads(r.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as e:
        say(f"{name} failed: {str(getattr(e, 'stderr', '') or e)[:200]}")
        return None


def line(bench, value, unit, peer, peer_value, note):
    row = {"bench": bench, "value": round(value, 3), "unit": unit, "peer": peer}
    if peer_value is not None:
        row.update(peer_value=round(peer_value, 3), ratio=round(value / peer_value, 3))
    row["note"] = note
    print(json.dumps(row), flush=True)


def write_list(folder, name, files):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(files) + "\n")
    return path


def refused(path):
    return subprocess.run([SWD, "transpile", path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode != 0


def choose(folder):
    """Lists: one file of about 1 KB, one of about 20 KB, about 1 MB."""
    files = [f for f in sorted(glob.glob(os.path.join(FOLDER, "node_modules/zod/src/**/*.ts"),
                                         recursive=True)) if not f.endswith(".d.ts")]
    files = [os.path.abspath(f) for f in files]
    real, total = [], 0
    for f in files:
        if total < MEGABYTE and os.path.getsize(f) > 200 and not refused(f):
            real.append(f)
            total += os.path.getsize(f)
    if total < MEGABYTE / 4:
        return None
    near = lambda n: min(real, key=lambda f: abs(os.path.getsize(f) - n))
    return {"ts.peer.latency_1k": (write_list(folder, "1k", [near(1000)]), 300, near(1000)),
            "ts.peer.latency_20k": (write_list(folder, "20k", [near(20000)]), 60, near(20000)),
            "ts.peer.throughput": (write_list(folder, "1m", real), 3,
                                   f"{len(real)} files of zod, {total} bytes")}


def compare(lists, peers, prefix):
    for bench, (path, rounds, what) in lists.items():
        if not bench.startswith(prefix):
            continue
        mine = ours(path, rounds)
        note = what if "throughput" in bench else f"{os.path.basename(what)}, {mine['bytes']} bytes"
        for peer in peers:
            got = theirs(peer, path, rounds)
            if not got:
                continue
            if "throughput" in bench:
                line(bench, mine["bytes"] * 1e3 / mine["ns"], "MB/s", peer,
                     mine["bytes"] * 1e3 / got["ns"], note)
                line("ts.peer.memory", mine["most"] / mine["bytes"], "bytes/byte", peer,
                     got["rss"] / mine["bytes"], "growth of the process over all files; "
                     "ours: the most held at once")
            else:
                line(bench, mine["ns"] / 1e3, "us", peer, got["ns"] / 1e3, note)


def once(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1e3


def cold(folder, peers):
    """A whole process for 1 KB."""
    path = os.path.join(folder, "cold.ts")
    with open(path, "w", encoding="utf-8") as f:
        for i in range(16):
            f.write(f"export const f{i} = (a: number, ...r: number[]) => [...r, `${{a}}`];\n")
    commands = [("an empty process", ["true"])]
    tool = os.path.join(FOLDER, "node_modules", ".bin", "esbuild")
    if "esbuild" in peers and os.path.exists(tool):
        commands.append(("esbuild", [tool, path]))
    for peer, command in commands:
        mine, them = [], []
        for _ in range(31):
            mine.append(once([SWD, "transpile", path]))
            them.append(once(command))
        line("ts.peer.cold", min(mine), "ms", peer, min(them),
             f"{os.path.getsize(path)} bytes")


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    if not ("ts.peer".startswith(prefix) or prefix.startswith("ts.peer")):
        return
    peers = install()
    with tempfile.TemporaryDirectory() as folder:
        if "ts.peer.cold".startswith(prefix):
            cold(folder, peers)
        lists = choose(folder) if "zod" in peers else None
        if lists is None:
            say("no real TypeScript to measure with: only ts.latency_*, ts.throughput")
        elif not shutil.which("node"):
            say("no node: no peers")
        else:
            compare(lists, [p for p in peers if p != "zod"], prefix)


main()

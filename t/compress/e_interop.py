#!/usr/bin/env python3
"""Interoperation both ways with the gzip and zstd programs, Python's zlib and gzip modules and Node's
zlib, each as far as it is installed: random inputs of 0 bytes to 10 MB, every level, one-shot and
in pieces.

t_stream, given arguments, is the filter that packs and unpacks with our code.
"""

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import tally  # noqa: E402
from tally import check  # noqa: E402

TOOL = os.path.join(os.environ.get("SWD_BUILD", "build"), "t", "compress", "t_stream")
SLOW = bool(os.environ.get("SWD_SAN"))
MOST = 1_000_000 if SLOW else 10_000_000
WBITS = {"gzip": 31, "zlib": 15, "raw": -15}


def make(n, kind, seed):
    r = random.Random(seed)
    if kind == "noise":
        return r.randbytes(n)
    if kind == "text":
        words = [r.randbytes(r.randint(1, 9)).hex().encode() for _ in range(200)]
        out = b" ".join(r.choices(words, k=n // 6 + 1))
        while len(out) < n:
            out += out + b"."
        return out[:n]
    return (b"\0" * (n // 2) + r.randbytes(n // 3) + b"ab" * n)[:n]


class Folder:
    """Files by name in a folder of our own."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="interop.")

    def at(self, name):
        return os.path.join(self.path, name)

    def put(self, name, data):
        with open(self.at(name), "wb") as f:
            f.write(data)

    def get(self, name):
        with open(self.at(name), "rb") as f:
            return f.read()


folder = Folder()


def ours(way, codec, level, step, pairs):
    args = [TOOL, way, codec, str(level), str(step)]
    for a, b in pairs:
        args += [folder.at(a), folder.at(b)]
    return subprocess.run(args, stderr=subprocess.PIPE, text=True)


def program(args, data):
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, check=False).stdout


def inputs():
    cases = {}
    for n in (0, 1, 2, 3, 100, 4095, 4096, 65535, 65537, 300_000, MOST):
        for kind in ("noise", "text", "mix"):
            if n < MOST or kind == "mix":
                cases["%s%d" % (kind, n)] = make(n, kind, n + len(kind))
    return cases


CASES = inputs()
SMALL = {k: v for k, v in CASES.items() if len(v) <= 65537}
for case_name, case_data in CASES.items():
    folder.put(case_name, case_data)


def pack_all(codec, level, step, cases):
    """Packs with our code; answers {name: packed}, counting a failure."""
    run = ours("pack", codec, level, step, [(k, k + ".z") for k in cases])
    check("our %s -%s step %d packs: %s" % (codec, level, step, run.stderr), run.returncode == 0)
    return {k: folder.get(k + ".z") for k in cases}


def unpack_all(codec, step, packed, who):
    for k, z in packed.items():
        folder.put(k + ".z", z)
    run = ours("unpack", codec, "-", step, [(k + ".z", k + ".back") for k in packed])
    good = run.returncode == 0 and all(folder.get(k + ".back") == CASES[k] for k in packed)
    check("our %s step %d unpacks what %s packed: %s" % (codec, step, who, run.stderr), good)


def python_packs(codec, level, data):
    c = zlib.compressobj(level, zlib.DEFLATED, WBITS[codec])
    return c.compress(data) + c.flush()


def with_python():
    for codec, wbits in WBITS.items():
        for level in range(0, 10):
            cases = CASES if level in (1, 6) else SMALL
            for step in (0, 777) if level == 6 else (0,):
                packed = pack_all(codec, level, step, cases)
                check("Python's zlib unpacks our %s -%d step %d" % (codec, level, step),
                      all(zlib.decompress(z, wbits) == cases[k] for k, z in packed.items()))
            theirs = {k: python_packs(codec, level, v) for k, v in cases.items()}
            unpack_all(codec, 0, theirs, "Python -%d" % level)
            if level == 6:
                unpack_all(codec, 501, theirs, "Python -%d" % level)
    tiny = {k: v for k, v in CASES.items() if len(v) <= 4096}
    packed = pack_all("gzip", 6, 1, tiny)
    check("Python's gzip unpacks byte by byte",
          all(gzip.decompress(z) == tiny[k] for k, z in packed.items()))
    unpack_all("gzip", 1, {k: gzip.compress(v) for k, v in tiny.items()}, "Python's gzip")


def with_program(codec, name, levels):
    if shutil.which(name) is None:
        print("no %s program here" % name)
        return
    for level in levels:
        few = {k: v for k, v in SMALL.items() if len(v) >= 4095 or len(v) < 3}
        cases = CASES if level == 6 else few
        packed = pack_all(codec, level, 0, cases)
        check("%s unpacks our -%d" % (name, level),
              all(program([name, "-dc"], z) == cases[k] for k, z in packed.items()))
        flag = "-%d" % level if level > 0 else "--fast=%d" % -level
        theirs = {k: program([name, "-c", flag], v) for k, v in cases.items()}
        unpack_all(codec, 0, theirs, "%s %s" % (name, flag))
        unpack_all(codec, 4093, theirs, "%s %s" % (name, flag))
    joined = {"text4096": b"".join(program([name, "-c"], CASES["text4096"][i:i + 1024])
                                   for i in range(0, 4096, 1024))}
    unpack_all(codec, 0, joined, "%s in four parts" % name)
    unpack_all(codec, 3, joined, "%s in four parts" % name)


NODE = r"""
const z = require('zlib'), fs = require('fs');
const j = JSON.parse(fs.readFileSync(0, 'utf8'));
const brotli = (d, o) => z.brotliCompressSync(d, {chunkSize: o.chunkSize,
  params: {[z.constants.BROTLI_PARAM_QUALITY]: o.level}});
const pack = {gzip: z.gzipSync, zlib: z.deflateSync, raw: z.deflateRawSync, brotli};
const unpack = {gzip: z.gunzipSync, zlib: z.inflateSync, raw: z.inflateRawSync,
  brotli: z.brotliDecompressSync};
let bad = [];
for (const c of j) {
  const data = fs.readFileSync(c.data);
  try {
    if (!unpack[c.codec](fs.readFileSync(c.ours)).equals(data)) bad.push(c.ours);
  } catch (e) { bad.push(c.ours + ': ' + e.message); }
  fs.writeFileSync(c.theirs, pack[c.codec](data, {level: c.level, chunkSize: c.chunk}));
}
console.log(JSON.stringify(bad));
"""


def with_node():
    if shutil.which("node") is None:
        print("no node here")
        return
    jobs = []
    folder.put("probe", b"x")
    codecs = list(WBITS)
    if ours("pack", "brotli", 1, 0, [("probe", "probe.z")]).returncode == 0:
        codecs.append("brotli")
    for codec in codecs:
        for level in range(0, 10):
            cases = CASES if level == 6 else SMALL
            packed = pack_all(codec, level, 0, cases)
            for k, z in packed.items():
                stem = "%s.%s%d" % (k, codec, level)
                folder.put(stem + ".ours", z)
                jobs.append({"codec": codec, "level": level, "name": k, "data": folder.at(k),
                             "ours": folder.at(stem + ".ours"), "chunk": 64 + level * 1000,
                             "theirs": folder.at(stem + ".node")})
    run = subprocess.run(["node", "-e", NODE], input=json.dumps(jobs), stdout=subprocess.PIPE,
                         text=True, check=False)
    check("Node unpacks all of ours: " + run.stdout, run.stdout.strip() == "[]")
    for codec in codecs:
        for level in range(0, 10):
            mine = [j for j in jobs if j["codec"] == codec and j["level"] == level]
            packed = {j["name"]: folder.get(os.path.basename(j["theirs"])) for j in mine}
            unpack_all(codec, 0 if level % 2 else 1023, packed, "Node -%d" % level)


try:
    with_python()
    with_program("gzip", "gzip", range(1, 10))
    with_program("zstd", "zstd", [-5, -1, 1, 2, 3, 4, 5, 6, 9, 12, 15, 17, 19])
    with_node()
finally:
    shutil.rmtree(folder.path)
sys.exit(tally.finish())

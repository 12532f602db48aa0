#!/usr/bin/env python3
"""Compression through the daemon: swctl's files, passed descriptors, scripts; what must not happen:
a path of the client's opened, a dead daemon, a deaf control socket, memory that grows."""

import array
import base64
import gzip
import json
import os
import random
import socket
import subprocess
import tempfile
import time
import zlib

import swdtest as t

BIG = (256 << 20) if t.SAN else (4 << 30)


def files(d, name, data):
    path = os.path.join(d.dir, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def slurp(path):
    with open(path, "rb") as f:
        return f.read()


def post_with_fds(c, method, fds, called=None, **params):
    c.next_id += 1
    rid = called or c.next_id
    line = json.dumps({"jsonrpc": "2.0", "id": rid, "method": method, "params": params})
    c.sock.sendmsg([line.encode() + b"\n"],
                   [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
    return rid


@t.scenario
def every_codec_goes_there_and_back(d):
    data = random.Random(1).randbytes(300000) + b"text " * 100000
    path = files(d, "f", data)
    for codec, ending in (("gzip", ".gz"), ("zlib", ".zz"), ("raw", ".deflate"), ("zstd", ".zst")):
        run = d.swctl("compress", path, "--codec", codec)
        t.eq(run.returncode, 0, run.stderr)
        if codec == "gzip":
            assert gzip.decompress(slurp(path + ending)) == data
        out = os.path.join(d.dir, "back")
        args = ["--codec", "raw"] if codec == "raw" else []
        run = d.swctl("decompress", path + ending, "-o", out, *args)
        t.eq(run.returncode, 0, run.stderr)
        assert slurp(out) == data, codec
    got = json.loads(d.swctl("compress", path, "--level", "9", "-o", path + ".9", "--json").stdout)
    t.eq((got["codec"], got["in"]), ("gzip", len(data)))
    t.eq(got["out"], os.path.getsize(path + ".9"))
    t.eq(d.swctl("compress", path, "--codec", "zstd", "--level", "-5", "-o", path + ".x").returncode, 0)
    os.unlink(path)
    t.eq(d.swctl("decompress", path + ".gz").returncode, 0)
    assert slurp(path) == data
    codecs = d.dial().call("stats")["codecs"]
    assert any(row["codec"] == "gzip" and row["bytes_in"] > len(data) for row in codecs), codecs


@t.scenario
def mistakes_are_told_and_leave_nothing_behind(d):
    path = files(d, "f", b"hello " * 1000)
    bad = files(d, "bad.gz", gzip.compress(b"x" * 5000)[:-5])
    run = d.swctl("decompress", bad)
    t.eq(run.returncode, 1)
    assert "truncated" in run.stderr and "byte" in run.stderr, run.stderr
    assert not os.path.exists(os.path.join(d.dir, "bad"))
    t.eq(d.swctl("compress", path).returncode, 0)
    before = slurp(path + ".gz")
    assert "exists" in d.swctl("compress", path).stderr
    t.eq(slurp(path + ".gz"), before)
    for args, words in ((["compress", path, "-o", path], "same file"),
                        (["compress", "/dev/null"], "regular"),
                        (["compress", path, "--level", "12", "-o", path + ".b"], "0 to 9"),
                        (["decompress", path, "-o", path + ".b"], "neither gzip"),
                        (["decompress", path], "-o"),
                        (["compress", path + ".none"], "No such file")):
        run = d.swctl(*args)
        assert run.returncode != 0 and words in run.stderr, (args, run.stderr)
        assert not os.path.exists(path + ".b"), args
    t.eq(slurp(path), b"hello " * 1000)


@t.scenario
def descriptors_are_checked_and_closed(d):
    c = d.dial()
    have = d.fds()
    t.raises(-32602, c.call, "compress")
    t.raises(-32602, c.call, "decompress", codec="gzip")
    path = files(d, "f", b"abc")
    r = os.open(path, os.O_RDONLY)
    w = os.open(path + ".out", os.O_RDWR | os.O_CREAT)
    ends = os.pipe()
    for fds, params in (([r], {}), ([r, r], {}), ([ends[0], w], {}), ([r, ends[1]], {}),
                        ([r, w], {"level": "x"}), ([r, w], {"level": 99})):
        t.raises(-32602, c.reply, post_with_fds(c, "compress", fds, **params))
    t.raises(-32601, c.reply, post_with_fds(c, "nonsense", [r, w]))
    rid = post_with_fds(c, "compress", [r, w, r, w, r])
    try:
        c.reply(rid)  # some systems pass what fits, others nothing
    except t.RpcError as e:
        t.eq(e.code, -32602)
    c.call("version")
    c.close()
    t.until(lambda: d.fds() <= have, "descriptors to be closed")
    for fd in (r, w, *ends):
        os.close(fd)


@t.scenario
def a_large_file_keeps_memory_small_and_the_socket_awake(d):
    path = os.path.join(d.dir, "big")
    with open(path, "wb") as f:
        f.truncate(BIG)
        for at in range(0, BIG, BIG // 4):
            f.seek(at)
            f.write(random.Random(at).randbytes(1 << 20))
    c, other = d.dial(), d.dial()
    other.run("1")
    before = d.rss()
    most, slowest = 0, 0.0
    for way, a, b in (("compress", path, path + ".z"), ("decompress", path + ".z", path + ".back")):
        r, w = os.open(a, os.O_RDONLY), os.open(b, os.O_RDWR | os.O_CREAT)
        rid = post_with_fds(c, way, [r, w], codec="zstd")
        os.close(r)
        os.close(w)
        m = {"method": "none"}
        while "method" in m:
            if b"\n" in c.buf or t.readable(c.sock, 0):
                m = c.message()
                continue
            start = time.monotonic()
            other.call("version")
            slowest = max(slowest, time.monotonic() - start)
            most = max(most, d.rss())
            time.sleep(0.01)
        assert "result" in m, m
        t.eq(m["id"], rid)
    t.eq(os.path.getsize(path + ".back"), BIG)
    with open(path, "rb") as f, open(path + ".back", "rb") as g:
        for at in range(0, BIG, BIG // 4):
            f.seek(at)
            g.seek(at)
            assert f.read(1 << 20) == g.read(1 << 20)
    assert os.stat(path + ".back").st_blocks * 512 < 64 << 20, "holes became blocks"
    if not t.SAN:
        assert most - before < 16 << 20, (before, most)
    print("     rss grew by %d KiB; slowest answer meanwhile %.1f ms" % ((most - before) // 1024,
                                                                         slowest * 1000))


@t.scenario
def a_truncated_file_is_an_error(d):
    path = files(d, "f", random.Random(2).randbytes(48 << 20))
    c = d.dial()
    r, w = os.open(path, os.O_RDONLY), os.open(path + ".z", os.O_RDWR | os.O_CREAT)
    rid = post_with_fds(c, "compress", [r, w], called="a\0b", codec="gzip")
    t.eq(c.note("progress")["request"], "a\0b")  # whole, as in replies
    os.truncate(path, 4097)
    e = t.raises(-32603, c.reply, rid)
    assert "truncated while it was read" in str(e), e
    os.close(r)
    os.close(w)
    assert d.alive()


@t.scenario
def a_client_that_leaves_cancels_its_job(d):
    path = os.path.join(d.dir, "endless")
    with open(path, "wb") as f:
        f.truncate(1 << 40)
    have = d.fds()
    c = d.dial()
    r, w = os.open(path, os.O_RDONLY), os.open("/dev/null", os.O_RDWR)
    os.close(w)
    w = os.open(path + ".z", os.O_RDWR | os.O_CREAT)
    for _ in range(3):
        post_with_fds(c, "compress", [r, w], codec="zstd")
        c.note("progress")
    c.close()
    t.until(lambda: d.fds() <= have + 2, "the jobs to end")
    c = d.dial()
    post_with_fds(c, "compress", [r, w], codec="zstd")  # and one that runs at the end
    c.note("progress")
    os.close(r)
    os.close(w)


def bomb_of(codec, gib):
    """So many GiB of zeros, packed: members or frames that follow one another."""
    if codec == "gzip":
        z = zlib.compressobj(9, zlib.DEFLATED, 31)
        return (z.compress(bytes(64 << 20)) + z.flush()) * (gib * 16)
    frame = bytes.fromhex("28b52ffd 00 38")  # window of 128 KiB; 64 MiB in blocks of one byte each
    blocks = b"".join((0x100002 | (i == 511)).to_bytes(3, "little") + b"\0" for i in range(512))
    return (frame + blocks) * (gib * 16)


@t.scenario
def a_bomb_is_refused_at_its_limit(d):
    """10 GiB in 10 MB or 0.3 MB: by --max-output, by --max-ratio, by the ratio that holds without."""
    paths = {c: files(d, "bomb." + c, bomb_of(c, 1 if t.SAN else 10)) for c in ("gzip", "zstd")}
    out = os.path.join(d.dir, "out")
    other = d.dial()
    other.run("1")
    before = most = d.rss()
    runs = [("gzip", "--max-output", "300M"), ("zstd", "--max-output", "300M"),
            ("gzip", "--max-ratio", "500"), ("zstd", "--max-ratio", "20000")]
    if not t.SAN:
        runs.append(("zstd",))
    for codec, *flags in runs:
        proc = subprocess.Popen([t.SWCTL, "--socket", d.socket, "decompress", paths[codec], "-o", out,
                                 *flags], stderr=subprocess.PIPE, text=True)
        while proc.poll() is None:
            other.call("version")
            most = max(most, d.rss())
            time.sleep(0.01)
        said = proc.stderr.read()
        t.eq(proc.returncode, 1, said)
        words = "larger than 314572800 bytes" if "--max-output" in flags else (
            "more than %s-fold" % (flags[1] if flags else 2000))
        assert words in said and "--max-ratio" in said, said
        assert not os.path.exists(out), codec
    if not t.SAN:
        assert most - before < 16 << 20, (before, most)
    codecs = {(r["codec"], r["direction"]): r for r in other.call("stats")["codecs"]}
    print("     rss grew by %d KiB" % ((most - before) // 1024))
    z = codecs["zstd", "decompress"]
    assert z["bytes_out"] < 3 << 30, z  # not all of it was unpacked
    small = files(d, "small", bomb_of("zstd", 2)) if not t.SAN else paths["zstd"]
    t.eq(d.swctl("decompress", small, "-o", out, "--max-ratio", "0", "--max-output", "3G").returncode, 0)
    t.eq(os.path.getsize(out), (1 if t.SAN else 2) << 30)
    t.eq(d.swctl("decompress", paths["zstd"], "-o", out, "--max-output", "much").returncode, 2)


@t.scenario
def scripts_compress_within_their_limits(d):
    c = d.dial()
    packed = c.run("require('utils').compression.gzip('hello')")["value"]
    t.eq(gzip.decompress(base64.b64decode(packed)), b"hello")
    bomb = base64.b64encode(zlib.compress(b"\0" * (200 << 20))).decode()
    result = c.run("require('utils/compression').inflate(%s).length" % json.dumps(bomb))
    assert result["state"] != "done", result
    result = c.run("""
        var z = require('zlib'), l = [];
        for (var i = 0; i < 400; i++) {
            var s = z.createGzip();
            s.on('error', function (x) { runner.result(x.code); });
            s.write('x');
            l.push(s);
        }""")
    t.eq(result.get("value"), "ERR_SWD_LIMIT", "streams count against memory: %r" % result)
    assert d.alive()


t.main(__file__)

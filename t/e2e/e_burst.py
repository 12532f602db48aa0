#!/usr/bin/env python3
"""A burst of runners, all alive at once and then gone: after one trim the daemon holds no more than
it did before, plus a tenth and the warm watermark. Sanitizer builds look at the books only: their
resident memory is the sanitizer's."""

import swdtest as t

RUNNERS = 300 if t.SAN else 10000
SLEEPERS = 300 if t.SAN else 3000
WARM = 8 << 20
AWAKE = "[pools]\nwarm = 8M\n[images]\nhibernate_after = %s\n"
SCRIPT = "var a = [1, 2, 3], n = 0; setInterval(function () { n += a.length; }, 3600000);"


def burst(d, c, n, asleep):
    ids = []
    while len(ids) < n:
        posted = [c.post("run", source=SCRIPT, wait=False) for _ in range(min(500, n - len(ids)))]
        ids += [c.reply(p)["id"] for p in posted]
    rest = "hibernated" if asleep else "waiting"
    t.until(lambda: c.call("stats")["runners"][rest] == n)
    alive = c.call("stats")
    for at in range(0, n, 500):
        for p in [c.post("kill", id=i) for i in ids[at:at + 500]]:
            c.reply(p)
    t.until(lambda: c.call("stats")["runners"]["total"] == 0)
    return alive


def comes_back(d, n, asleep):
    c = d.dial()
    burst(d, c, 50, asleep)  # every thread has its magazines, every file its pages
    c.call("trim")
    before = c.call("stats")
    alive = burst(d, c, n, asleep)
    after_burst = c.call("stats")
    receipt = c.call("trim")
    after = c.call("stats")
    print("%d runners: rss %.1f M, %.1f M alive, %.1f M when gone, %.1f M after one trim (%.1f M said freed); "
          "mapped %.1f M, %.1f M, %.1f M, %.1f M" % (
              (n,) + tuple(x / 1048576 for x in (
                  before["rss"], alive["rss"], after_burst["rss"], after["rss"], receipt["freed"],
                  before["mapped"], alive["mapped"], after_burst["mapped"], after["mapped"]))))
    t.eq(after["identity"]["missing"], 0)
    t.eq(after["heaps"], before["heaps"], "bytes of runners")
    assert alive["mapped"] > before["mapped"] + n * 2000, (before["mapped"], alive["mapped"])
    # The ended runners that are remembered (keep_ended) are live, not left over.
    remembered = after["alloc"] - before["alloc"]
    assert remembered < 8 << 20, remembered
    limit = 1.1 * before["mapped"] + WARM + remembered
    assert after["mapped"] <= limit, (before["mapped"], after["mapped"], limit)
    if not t.SAN:
        limit = 1.1 * before["rss"] + WARM + remembered
        assert after["rss"] <= limit, (before["rss"], after["rss"], limit)


@t.scenario(conf=AWAKE % "0")
def runners_awake_and_gone(d):
    comes_back(d, RUNNERS, False)


@t.scenario(conf=AWAKE % "100ms")
def runners_asleep_and_gone(d):
    comes_back(d, SLEEPERS, True)


t.main(__file__)

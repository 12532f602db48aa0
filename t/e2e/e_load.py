"""Many submissions at once: each is answered exactly once, in its own words, and memory comes back."""

import json
import threading

import swdtest as t

SLOW = 10 if t.SAN else 1  # sanitizer builds do so much less

TOTAL = 20000 // SLOW
CONNECTIONS = 16
DEPTH = 64


def stats(d):
    with t.Dialled(d) as c:
        return c.call("stats")


def stream(d, k, n, problems):
    """One connection with DEPTH requests under way."""
    try:
        with t.Dialled(d) as c:
            sent = got = 0
            expected = {}
            while got < n:
                batch = []
                while sent < n and len(expected) < DEPTH:
                    sent += 1
                    word = "c%d-%d" % (k, sent)
                    expected[sent] = word
                    batch.append(json.dumps({"jsonrpc": "2.0", "id": sent, "method": "run",
                                             "params": {"source": "'%s'" % word, "name": word}}))
                if batch:
                    c.send_bytes(("\n".join(batch) + "\n").encode())
                while not c.replies:
                    c._sort(c.message())
                for ident, m in list(c.replies.items()):
                    del c.replies[ident]
                    assert m["result"]["value"] == expected.pop(ident), m
                    got += 1
    except Exception as e:
        problems.append("connection %d: %r" % (k, e))


def flood(d):
    problems = []
    threads = [threading.Thread(target=stream, args=(d, k, TOTAL // CONNECTIONS, problems))
               for k in range(CONNECTIONS)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    assert not problems, problems[:3]


@t.scenario
def every_submission_is_answered_once_in_its_own_words(d):
    before = stats(d)
    flood(d)
    after = t.until(lambda: (lambda s: s if s["runners"]["total"] == 0 else None)(
        stats(d)))
    made = TOTAL // CONNECTIONS * CONNECTIONS
    t.eq(after["heaps"], before["heaps"], "bytes of runners")
    # The ended runners that are remembered, keep_ended = 1000 of them.
    assert after["alloc"] <= before["alloc"] + (8 << 20), after
    assert after["mapped"] < 512 << 20, after
    assert t.Dialled(d).c.run("1")["id"] > made


@t.scenario
def a_thousand_at_rest(d):
    """Waiting runners, listed by pages, collected, and all gone at the end."""
    with t.Dialled(d) as c:
        n = 1000 // SLOW
        ids = [c.post("run", source="var a=[1,2,3];setInterval(function(){a[0]++},1000)",
                      wait=False) for _ in range(n)]
        ids = {c.reply(i)["id"] for i in ids}
        t.until(lambda: c.call("stats")["runners"]["waiting"] == n)
        seen, after = set(), 0
        while True:
            page = c.call("list", after=after, limit=77, state="waiting")
            seen |= {r["id"] for r in page["runners"]}
            after = page.get("next")
            if not after:
                break
        assert seen == ids
        receipt = c.call("gc")
        assert receipt["runners"] == n and receipt["before"] >= receipt["after"] > 0, receipt
        s = c.call("stats")
        assert s["timers"] == n and s["alloc"] > n * 50_000, s
        for i in ids:
            c.call("kill", id=i)
        s = c.call("stats")
        assert s["runners"]["total"] == 0 and s["timers"] == 0, s


t.main(__file__)

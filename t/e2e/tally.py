"""For end-to-end suites without scenarios: checks one after another, counted."""

passed = failed = 0


def check(what, good, text=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAILED: %s\n%s" % (what, text))


def finish():
    """Prints the counts that t/run reads; answers the exit status."""
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0

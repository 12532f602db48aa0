"""Makes a program that differs smaller: takes out statements and replaces what brackets enclose, as long as both
still run it and print something different."""

import re


def spans(text):
    """(start, end) of all that brackets enclose, the longest first. Texts of strings may fool it: then the result is
    no program, and is not taken."""
    stack, found = [], []
    for i, c in enumerate(text):
        if c in "([{":
            stack.append((c, i))
        elif c in ")]}" and stack:
            _, start = stack.pop()
            found.append((start, i + 1))
    return sorted(found, key=lambda s: s[0] - s[1])


def candidates(text):
    lines = text.split("\n")
    if len(lines) > 1:
        for i in range(len(lines)):
            yield "\n".join(lines[:i] + lines[i + 1 :])
    for start, end in spans(text):
        inner = text[start + 1 : end - 1]
        for other in {
            "(": ["(0)", "()", inner],
            "[": ["[]", "[0]"],
            "{": ["{}", "{ " + inner.split("; ", 1)[-1] + "}"],
        }[text[start]]:
            if len(other) < end - start:
                yield text[:start] + other + text[end:]
        cut = re.search(r"[;,({\[]\s*[^;,(){}\[\]]*$", text[:start])
        if cut:
            rest = re.match(r"\s*;?", text[end:]).end()
            yield text[: cut.start() + 1] + text[end + rest :]
    for m in re.finditer(
        r"[^;{}()]*;|, [^,()\[\]{}]+| = [^,()\[\]{};]+|\.\.\.|async |await |static |yield\*? ", text
    ):
        yield text[: m.start()] + text[m.end() :]


def reduce(text, differs, tries=900):
    """The smallest text found for which differs() holds."""
    again = True
    while again and tries > 0:
        again = False
        for c in candidates(text):
            tries -= 1
            if tries <= 0:
                break
            if len(c) < len(text) and differs(c):
                text = c
                again = True
                break
    return text

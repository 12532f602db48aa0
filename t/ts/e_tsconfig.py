"""Options of tsconfig.json: by submission, and found beside the script or above it."""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import swdtest as t  # noqa: E402
from e_options import DECORATED, FIELDS, JSX  # noqa: E402

JSX_OUT = '["b",{"x":"1"},"t"] ["frag",null]'
FACTORIES = {"jsxFactory": "h", "jsxFragmentFactory": "F"}


def write(folder, **files):
    """Names with __ for / and _ for the last dot."""
    for name, text in files.items():
        path = os.path.join(folder, ".".join(name.replace("__", "/").rsplit("_", 1)))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text if isinstance(text, str) else json.dumps(text))


def folder_of(**files):
    folder = tempfile.TemporaryDirectory(prefix="swd-ts-")
    write(folder.name, **files)
    return folder


def swd(*args):
    r = subprocess.run([t.SWD, *args], capture_output=True, text=True, timeout=t.PATIENCE,
                       check=False)
    return r.returncode, r.stdout, r.stderr


def lines(c):
    return [n["params"]["text"] for n in c.notes if n["method"] == "log"]


def ran(d, source, name, **params):
    """The console lines of one run."""
    with t.Dialled(d) as c:
        r = c.run(source, name=name, **params)
        t.eq(r["state"], "done", r)
        return lines(c)


# ---- by submission ----


@t.scenario
def a_submission_carries_options(d):
    t.eq(ran(d, JSX, "a.tsx", compiler=FACTORIES), [JSX_OUT])
    t.eq(ran(d, JSX, "a.tsx", compiler={"jsxFactory": "ui.h", "jsxFragmentFactory": "ui.F"}),
         [JSX_OUT])
    t.eq(ran(d, FIELDS, "f.ts", compiler={}), ["done"])
    t.eq(ran(d, FIELDS, "f.ts", compiler={"useDefineForClassFields": False}), ["setter 1", "done"])
    t.eq(ran(d, DECORATED, "d.ts", compiler={"experimentalDecorators": True}), ["m 3"])
    t.eq(ran(d, DECORATED, "d.ts")[0][-2:], " 2")


@t.scenario
def the_compile_cache_tells_options_apart(d):
    for _ in range(4):  # a text is kept when it is met again, found from then on
        t.eq(ran(d, FIELDS, "f.ts"), ["done"])
        t.eq(ran(d, FIELDS, "f.ts", compiler={"useDefineForClassFields": False}),
             ["setter 1", "done"])
    with t.Dialled(d) as c:
        cache = c.call("stats")["compile_cache"]
        assert cache["hits"] >= 4 and cache["entries"] >= 2, cache


@t.scenario
def wrong_options_are_refused(d):
    with t.Dialled(d) as c:
        for options, field in (({"jsxFactory": "h(x)"}, "jsxFactory"), ({"jsxFactory": 1},
                               "jsxFactory"), ({"jsxFactory": "h" * 64}, "jsxFactory"),
                               ({"experimentalDecorators": "yes"}, "experimentalDecorators"),
                               ({"jsxFactori": "h"}, "jsxFactori")):
            e = t.raises(-32602, c.call, "run", source="1", compiler=options)
            t.eq(e.data["field"], field)
        t.raises(-32602, c.call, "run", source="1", compiler="h")


@t.scenario
def functions_keep_their_options(d):
    with t.Dialled(d) as c:
        options = {"useDefineForClassFields": False}
        # A pending timer refuses the image: calls then run the source.
        for name, more in (("imaged", ""), ("plain", "setTimeout(() => 0, 1);")):
            f = c.call("load", name=name, file=name + ".ts", compiler=options, source="""
                let seen = 0; %s
                class A { set f(v: number) { seen = v; } }
                class B extends A { f = 1; }
                new B();
                module.exports = () => seen;""" % more)
            t.eq(f["imaged"], name == "imaged")
            t.eq(c.call("call", name=name)["value"], 1)


# ---- swctl ----


@t.scenario
def swctl_has_flags_and_finds_the_file_beside_the_script(d):
    with folder_of(a_tsx=JSX, f_ts=FIELDS, d_ts=DECORATED) as folder:
        file = os.path.join(folder, "a.tsx")
        r = d.swctl("run", "--jsx-factory", "h", "--jsx-fragment-factory=F", file)
        t.eq((r.returncode, r.stdout), (0, JSX_OUT + "\n"), r.stderr)
        r = d.swctl("run", "--assign-fields", os.path.join(folder, "f.ts"))
        t.eq((r.returncode, r.stdout), (0, "setter 1\ndone\n"), r.stderr)
        r = d.swctl("eval", "--experimental-decorators", DECORATED)
        t.eq((r.returncode, r.stdout), (0, "m 3\n"), r.stderr)
        r = d.swctl("load", "--jsx-factory", "h(", "x", file)
        t.eq(r.returncode != 0 and "jsxFactory" in r.stderr, True, r.stderr)
        write(folder, tsconfig_json={"compilerOptions": FACTORIES})
        r = d.swctl("run", file)
        t.eq((r.returncode, r.stdout), (0, JSX_OUT + "\n"), r.stderr)
        r = d.swctl("submit", "--assign-fields", os.path.join(folder, "f.ts"))
        d.swctl("wait", r.stdout.strip())
        t.eq(d.swctl("logs", r.stdout.strip()).stdout.count("setter 1"), 1)


PROJECT = {
    "tsconfig_json": """{
        // a comment, and commas that JSON has not
        "extends": "./etc/base",
        "compilerOptions": { "baseUrl": "src", "paths": { "@lib/*": ["lib/*"], "cfg": ["cfg.json"], }, },
    }""",
    "etc__base_json": {"compilerOptions": dict(FACTORIES, target="ES2017")},
    "src__app__main_tsx": """import { x } from '@lib/x';
        import { y } from 'lib/y';
        import cfg from 'cfg';
        console.log(x, y, cfg.z);
    """ + JSX,
    "src__lib__x_ts": FIELDS + "export const x = 5;",
    "src__lib__y_ts": "export const y: number = 6;",
    "src__cfg_json": {"z": 7},
}
PROJECT_OUT = ["setter 1", "done", "5 6 7", JSX_OUT]


@t.scenario
def a_project_is_read_from_its_folder(d):
    with folder_of(**PROJECT) as folder:
        main = os.path.join(folder, "src/app/main.tsx")
        r = d.swctl("run", "--project", folder, main)
        t.eq((r.returncode, r.stdout.splitlines()), (0, PROJECT_OUT), r.stderr)
        # Without it the script's own folder is all that it may read.
        r = d.swctl("run", main)
        t.eq((r.returncode, "@lib/x" in r.stderr), (1, True), r.stderr)
        r = d.swctl("run", "--project", os.path.join(folder, "etc"), main)
        t.eq((r.returncode != 0, "does not lie in" in r.stderr), (True, True), r.stderr)


@t.scenario(daemon=False)
def configured_roots_allow_parents():
    with folder_of(**PROJECT) as folder:
        os.chmod(folder, 0o755)
        d = t.Daemon("[runners]\nroots = %s\n" % folder)
        try:
            main = os.path.join(folder, "src/app/main.tsx")
            with open(main, encoding="utf-8") as f:
                t.eq(ran(d, f.read(), main), PROJECT_OUT)
            # A function too, and its calls.
            with t.Dialled(d) as c:
                c.call("load", name="f", file=main, source="""module.exports = () => {
                    const h = (n: string) => n;
                    return [require('@lib/y').y, <b/>];
                };""")
                t.eq(c.call("call", name="f")["value"], [6, "b"])
            t.eq(d.stop(), 0)
        finally:
            if d.proc.poll() is None:
                d.proc.kill()
                d.proc.wait()
            d.clean()


# ---- exec and transpile ----


@t.scenario(daemon=False)
def exec_and_transpile_find_it():
    with folder_of(**PROJECT) as folder:
        main = os.path.join(folder, "src/app/main.tsx")
        t.eq(swd("exec", main), (0, "\n".join(PROJECT_OUT) + "\n", ""))
        code, out, _ = swd("transpile", main)
        t.eq((code, 'h("b"' in out and "h(F" in out), (0, True), out)
        # The command line goes before it; JavaScript has no tsconfig.json.
        code, out, _ = swd("transpile", "--jsx-factory", "other", main)
        t.eq((code, 'other("b"' in out and "other(F" in out), (0, True), out)
        write(folder, tsconfig_json="{", a_js="console.log('js')")
        t.eq(swd("exec", os.path.join(folder, "a.js")), (0, "js\n", ""))


@t.scenario(daemon=False)
def what_is_wrong_is_said():
    cases = {
        '{"compilerOptions": {"jsxFactory": 1}}': "compilerOptions.jsxFactory must be names",
        '{"compilerOptions": {"jsxFactory": "a b"}}': "compilerOptions.jsxFactory must be names",
        '{"compilerOptions": {"experimentalDecorators": "x"}}':
            "compilerOptions.experimentalDecorators must be true or false",
        '{"compilerOptions": {"target": 5}}': "compilerOptions.target must be a string",
        '{"compilerOptions": {"jsx": "react-jsx"}}': "the automatic runtime is not supported",
        '{"compilerOptions": {"baseUrl": []}}': "compilerOptions.baseUrl must be a string",
        '{"compilerOptions": {"paths": {"a*b*": ["x"]}}}': 'compilerOptions.paths["a*b*"] must be',
        '{"compilerOptions": {"paths": {"a": "x"}}}': 'compilerOptions.paths["a"] must be',
        '{"compilerOptions": 1}': "compilerOptions must be an object",
        '{"extends": "./none"}': 'extends "./none", and there is no such file',
        '{"extends": "./tsconfig.json"}': "more than 16 files",
        '{"extends": 1}': "extends must be a path",
        "[]": "the file must be a JSON object",
        '{\n  "a": 1 2\n}': "tsconfig.json:2:",
        "[" * 5000: "nested more than 64 deep",
        '{"a": "x' + '\\': "tsconfig.json:1:",
        "/*": "tsconfig.json:1:",
    }
    with folder_of(a_tsx="1") as folder:
        file = os.path.join(folder, "a.tsx")
        for text, want in cases.items():
            write(folder, tsconfig_json=text)
            for what in ("exec", "transpile"):
                code, _, err = swd(what, file)
                t.eq((code, want in err and "tsconfig.json" in err), (1, True),
                     "%s %s: %s" % (what, text, err))
        write(folder, tsconfig_json='{"compilerOptions": {"jsx": "react-jsx"}}', a_ts="1")
        t.eq(swd("exec", os.path.join(folder, "a.ts")), (0, "", ""), "no JSX in it")


@t.scenario(daemon=False)
def what_extends_is_overridden_by_what_is_nearer():
    with folder_of(
            a_ts=FIELDS,
            tsconfig_json='\ufeff{"extends": ["./x.json", "pkg/fields"]}',
            x_json={"compilerOptions": {"useDefineForClassFields": True}},
            node_modules__pkg__fields_json={
                "compilerOptions": {"useDefineForClassFields": False}}) as folder:
        file = os.path.join(folder, "a.ts")
        t.eq(swd("exec", file)[1], "setter 1\ndone\n")
        write(folder, tsconfig_json={"extends": ["pkg/fields", "./x.json"]})
        t.eq(swd("exec", file)[1], "done\n")
        write(folder, tsconfig_json={"extends": "./x",
                                     "compilerOptions": {"useDefineForClassFields": False}})
        t.eq(swd("exec", file)[1], "setter 1\ndone\n")


if __name__ == "__main__":
    sys.exit(t.main(__file__))

P("t1", S(((N(Math.floor("$1$&$$")))?.[[undefined]].length)));
P("t2", S(((undefined, undefined) & [(0xff), ...["a b", "1e3"]] + (async function* f3() { F(); return (1); }))));
for (let p4 of []) { F(); l5: { P("t6", S(false)); try { P("t7", S(p4)); P("t8", S(p4)); } catch (e9) { P("t10", X(e9)); P("t11", S(e9)); } l13: for (let { ...p12 } of [(2), (Infinity), "ba\u00fc1"]) { F(); P("t14", S((-2.5))); P("t15", S(p12)); P("t16", S((0xff))); } } P("t17", S((2**32))); }

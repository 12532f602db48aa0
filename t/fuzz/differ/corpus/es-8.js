"use strict";
L("t1", ({  }));
for (var [{ b: p2 = "\u00df", length: p3, 0: p4 = p2 } = ("\0" ? undefined : "a")] of undefined) { F(); p4; let v5 = ({ ..."\u03a3A\u03a3" }); }
l7: for (let p6 of [[]]) { F(); class K8 { static get [(99.995)]() { F(); return "e\u0301"; } static [p6]; static k = (2**31); } }
let { c: [{  }, [p10, p11] = []], ...p12 } = (((p13) => { F(); }))(...IT("t14", [undefined], "noreturn"), IT("t15", [undefined], ""), (~"-a b--1"));
function g16(p17, p18 = (0o17), p19) { F(); try { P("t20", S(p17)); P("t21", S(p17)); P("t22", S("---b1bbb")); } catch (e23) { P("t24", X(e23)); P("t25", S(p18)); P("t26", S(p18)); } finally { P("t27", S(undefined)); P("t28", S("$1$&$$")); } let w29 = 0; do { F(); P("t30", S(this)); P("t31", S(p18)); P("t32", S(p10)); } while (w29++ < 1 && (295805.97535873996)); return ((p33, ...r34) => { F(); }); }
const v35 = ((async function* (p36, p37 = p12) { F(); return p37; }) < (p12.b--));
T('end', () => [p10, p11, p12, g16, v35]);

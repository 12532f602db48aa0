for (var { ...p1 } of []) { F(); l2: { P("t3", S((2))); P("t4", S((0xff))); } p1; l5: { P("t6", S("")); P("t7", S((255))); P("t8", S(p1)); } }
l9: { for (var p10 of "0") { F(); P("t11", S(p10)); } for (const k12 in typeof new.target) { F(); P("t13", S(k12)); } const { c: [] = [] } = 0; }
let v14 = L("t15", (2**32));
T('end', () => [v14]);

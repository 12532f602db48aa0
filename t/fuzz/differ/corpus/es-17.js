P("t1", S((void (new Date(-1)).setHours(1.9))));
switch (((undefined)?.("a za\u00fc.A-", ...new Uint8Array([undefined, undefined])))) { case L("t2", ".Ab...b1"):  break; case (undefined ?? (123456789)):  case (undefined * 0): ((0b101) ?? " a-1 \u00fc"); var v3 = new (undefined)(); }
try { let p4 = undefined; P("t5", S((p4).a)); } catch { let p6; for (var p7 of [p6]) { F(); class K8 {  } } const v9 = L("t10", "aaa"); }

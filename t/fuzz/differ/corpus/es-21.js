"use strict";
try { class K1 extends (class { constructor(...a) { P("t2", S(a), S(new.target === this.constructor)); } a() { return 1; } get b() { return 2; } set b(v) { P("t3", S(v)); } static k = 3; }) { *[K1](...r5) { F(); return " 12 "; } #p4 = (0o17); static *set() { F(); return K1; } } let w6 = 0; do { F(); P("t7", S(this)); P("t8", S(K1)); } while (w6++ < 1 && "0"); } catch (e9) { P("t10", X(e9)); switch (e9) { case (65535): P("t11", S(e9)); case e9:  break; } }
P("t12", S(1));
const g13 = ((p14 = null, p15) => { F(); return (255); });
l16: { P("t17", S((1e21))); { P("t18", S(g13)); P("t19", S("\ud83d")); P("t20", S(g13)); } var v21 = "\ufeff x"; }
switch (g13) { default: (0); case 1880: try { P("t22", S((99.995))); P("t23", S(this)); } catch (e24) { P("t25", X(e24));  } finally { P("t26", S(g13)); P("t27", S(g13)); P("t28", S(g13)); return "ab"; } try { P("t29", S("-1")); P("t30", S(g13)); } catch (e31) { P("t32", X(e31));  } finally { P("t33", S("1.5")); P("t34", S((0.1))); P("t35", S(undefined)); } break; case g13:  }
T('end', () => [g13]);

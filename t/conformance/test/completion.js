/*---
description: the value of a text is that of its last statement that has one, in every kind of eval
---*/
[
  ['', undefined], ['var x', undefined], ['1; var x', 1], ['1;;', 1], ['"use strict"; var x', 'use strict'],
  ['1; class A {}', 1], ['async function f() {}', undefined], ['function* f() {}', undefined], ['1; let z = 3', 1], ['let q = 3; q', 3], ['{ 1; let z = 3 }', 1], ['2; {}', 2],
  ['1; if (0) {}', undefined], ['if (1) 4; else 5', 4], ['1; x: { 4; break x; }', 4],
  ['1; for (var i = 0; i < 2; i++) i', 1], ['1; for (var a of [1, 2, 3]) { a; if (a == 2) continue; }', undefined],
  ['1; while (false);', undefined], ['1; l: for (;;) { 2; for (;;) { 3; break l } }', 3],
  ['1; o: do { 2; do { 3; continue o; } while (0) } while (0)', 3],
  ['1; do { 2; if (true) { break; } } while (0)', undefined],
  ['switch (2) { case 1: 1; case 2: 2; case 3: 3; break; case 4: 4 }', 3], ['1; switch (1) { default: }', undefined],
  ['2; try { } finally { 3 }', undefined], ['1; try { 2 } finally { 3 }', 2], ['try { throw 1 } catch (e) { 7 }', 7],
  ['1; do { 2; try { 3 } finally { break; } } while (0)', undefined],
  ['1; do { try { 39 } catch (e) { -1 } finally { 42; break; } ; } while (false)', 42],
  ['99; do { -99; try { [].x.x } catch (e) { -1; } finally { 42; continue; } } while (false)', 42],
].forEach(function (pair) {
  var text = pair[0], want = pair[1];
  assert.sameValue(eval(text), want, 'direct: ' + text);
  assert.sameValue((0, eval)(text), want, 'indirect: ' + text);
  assert.sameValue((function () { 'use strict'; return eval(text); }()), want, 'strict: ' + text);
});

/*---
description: each turn of a loop has bindings of its own
---*/
var fns = [];
for (let i = 0; i < 3; i++) fns.push(() => i);
assert.list(fns.map(f => f()), [0, 1, 2]);

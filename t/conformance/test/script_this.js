/*---
description: >
  `this` of a script is the global object, strict or not
---*/
assert.sameValue(typeof this, 'object');
assert.sameValue(this, globalThis);

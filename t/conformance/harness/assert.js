// The few assertions that own/ uses.
function assert(value, message) {
  if (value !== true) throw new Test262Error(message || 'expected true, got ' + String(value));
}
assert.sameValue = function (got, want, message) {
  if (got === want ? got === 0 && 1 / got !== 1 / want : got === got || want === want)
    throw new Test262Error((message || '') + ' expected ' + String(want) + ', got ' + String(got));
};
assert.throws = function (type, fn, message) {
  try {
    fn();
  } catch (e) {
    if (e.constructor === type) return;
    throw new Test262Error((message || '') + ' expected ' + type.name + ', got ' + e);
  }
  throw new Test262Error((message || '') + ' expected ' + type.name + ', nothing was thrown');
};
assert.list = function (got, want) {
  assert.sameValue(JSON.stringify(got), JSON.stringify(want));
};

// The error of a failed assertion, and what a test calls that must never run.
function Test262Error(message) {
  this.message = message || '';
}
Test262Error.prototype.toString = function () {
  return 'Test262Error: ' + this.message;
};
function $DONOTEVALUATE() {
  throw 'this statement should not be evaluated';
}

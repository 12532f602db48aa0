// Ends a test that has the flag `async`.
function $DONE(error) {
  print(error ? 'Test262:AsyncTestFailure:' + error : 'Test262:AsyncTestComplete');
}

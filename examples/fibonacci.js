/* A heavy but honest computation, cut into slices by timers, so that no turn is long and each of
 * its neighbours gets its turn.
 *
 *   swctl run examples/fibonacci.js 22 */

function fibonacci(n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

var last = Number(runner.args[0] || 20);
var found = [];

(function next(n) {
    found.push(fibonacci(n));
    if (n < last) {
        setTimeout(next, 0, n + 1);
    } else {
        console.log('fibonacci(' + last + ') = ' + found[found.length - 1]);
        runner.result(found);
    }
}(0));

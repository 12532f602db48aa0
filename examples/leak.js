/* A leak: a cache that nobody empties grows until the memory limit says no. The refusal is an
 * ordinary error, which this script lets through; a script that kept asking would be killed.
 *
 *   swctl run --limit memory_hard=4M examples/leak.js */

var cache = {};
var n = 0;

console.log('filling a cache that nobody empties');
setInterval(function () {
    var i;
    for (i = 0; i < 1000; i++) {
        cache['request ' + n] = { n: n, body: new Array(20).join('body ' + n + ' ') };
        n++;
    }
}, 1);

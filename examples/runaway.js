/* A runaway that will not let go: it counts for ever, catches every error, and counts on in
 * `finally`. Its CPU limit ends it all the same; no other runner and no client notices.
 *
 *   swctl run --limit cpu_per_turn=200ms examples/runaway.js */

var n = 0;

console.log('counting for ever');
while (true) {
    try {
        for (;;) {
            n++;
        }
    } catch (e) {
        n = 0;
    } finally {
        for (;;) {
            n++;
        }
    }
}

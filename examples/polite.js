/* A script that behaves: says who it is, waits without using the CPU, looks at its memory, and
 * hands back a result.
 *
 *   swctl run examples/polite.js Anahera */

var name = runner.args.length ? runner.args[0] : 'world';

console.log('Kia ora, ' + name + '! I am runner ' + (runner.id > 0 ? 'of a daemon' : 'of swd exec'));
setTimeout(function () {
    var memory = runner.getMemoryStats();
    runner.result({ greeted: name, memory_known: memory.alloc > 0 });
}, 50);

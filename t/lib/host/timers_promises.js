// timers/promises and os, as Node prints them.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
var tp = require('timers/promises'), os = require('os');
show(os.EOL, os.platform(), os.type(), os.endianness(), typeof os.totalmem(), Array.isArray(os.cpus()), typeof os.arch(), os.devNull);
(async function () {
    var ac, n = 0, v, start = performance.now();
    show(await tp.setTimeout(5, 'value'), performance.now() - start > 3, await tp.setImmediate('now'), await tp.setTimeout());
    ac = new AbortController();
    setTimeout(function () { ac.abort('why'); }, 1);
    try { await tp.setTimeout(1000, 0, { signal: ac.signal }); } catch (e) { show(e.name, e.code, e.message, e.cause); }
    try { await tp.setImmediate(0, { signal: ac.signal }); } catch (e) { show(e.name); }
    try { await tp.setTimeout(1, 0, 5); } catch (e) { show(e.code); }
    for await (v of tp.setInterval(1, 'tick')) {
        show(v);
        if (++n === 3)
            break;
    }
    ac = new AbortController();
    try { for await (v of tp.setInterval(1, 0, { signal: ac.signal })) ac.abort(); } catch (e) { show(e.name); }
    await tp.scheduler.wait(1);
    await tp.scheduler.yield();
    show(tp.setTimeout.name, tp.setInterval.name);
})();

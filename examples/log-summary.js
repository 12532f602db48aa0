/* Sums up a web server's access log: requests, bytes and slowest path by status class.
 *
 *   swctl run examples/log-summary.js
 *   swctl run examples/log-summary.js "$(tail -n 500 /var/log/nginx/access.log)"
 *
 * Without an argument it makes up a log of 2,000 lines. The result is an object, which swctl prints
 * as JSON. */

var LINE = /^(\S+) \S+ \S+ \[([^\]]+)\] "([A-Z]+) (\S+)[^"]*" (\d{3}) (\d+|-)(?: (\d+\.\d+))?/;

function madeUpLog(lines) {
    var paths = ['/', '/login', '/api/orders', '/api/orders/7', '/static/app.js', '/report'];
    var out = [], seed = 42, i, path, status;
    function next(n) {
        seed = seed * 16807 % 2147483647;
        return seed % n;
    }
    for (i = 0; i < lines; i++) {
        path = paths[next(paths.length)];
        status = next(50) === 0 ? 502 : next(12) === 0 ? 404 : 200;
        out.push('10.0.0.' + next(250) + ' - - [22/Nov/2026:10:00:00 +0000] "GET ' + path +
            ' HTTP/1.1" ' + status + ' ' + (200 + next(9000)) + ' 0.' + (100 + next(800)));
    }
    return out.join('\n');
}

function summarise(text) {
    var classes = {}, slowest = { path: null, seconds: 0 }, skipped = 0;
    text.split('\n').forEach(function (line) {
        var m = LINE.exec(line), key, c;
        if (!m) {
            skipped += line === '' ? 0 : 1;
            return;
        }
        key = m[5].charAt(0) + 'xx';
        c = classes[key] || (classes[key] = { requests: 0, bytes: 0, paths: {} });
        c.requests++;
        c.bytes += m[6] === '-' ? 0 : Number(m[6]);
        c.paths[m[4]] = (c.paths[m[4]] || 0) + 1;
        if (Number(m[7] || 0) > slowest.seconds) {
            slowest = { path: m[4], seconds: Number(m[7]) };
        }
    });
    return { classes: classes, slowest: slowest, skipped: skipped };
}

function topPath(paths) {
    return Object.keys(paths).sort(function (a, b) {
        return paths[b] - paths[a] || (a < b ? -1 : 1);
    })[0];
}

var summary = summarise(runner.args.length ? String(runner.args[0]) : madeUpLog(2000));
Object.keys(summary.classes).sort().forEach(function (key) {
    var c = summary.classes[key];
    console.log(key + ': ' + c.requests + ' requests, ' + c.bytes + ' bytes, mostly ' +
        topPath(c.paths));
});
runner.result({ slowest: summary.slowest, skipped: summary.skipped });

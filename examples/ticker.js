/* Cron in miniature: jobs with a period of their own, a job that puts itself off, one that ends the
 * others. `swctl submit` starts it and comes back at once; `swctl logs ID` shows what it said.
 *
 *   swctl submit examples/ticker.js
 *   swctl run examples/ticker.js 10       (ten rounds; 5 without an argument) */

var rounds = Number(runner.args[0] || 5);
var jobs = {};

function every(name, ms, fn) {
    var runs = 0;
    jobs[name] = setInterval(function () {
        runs++;
        fn(runs);
    }, ms);
}

function stop(name) {
    clearInterval(jobs[name]);
    delete jobs[name];
}

var counts = { rotate: 0, report: 0, retry: 0 };

every('rotate', 15, function () {
    counts.rotate++;
});

every('report', 40, function (n) {
    counts.report = n;
    console.log('report ' + n + ' of ' + rounds);
    if (n === rounds) {
        Object.keys(jobs).forEach(stop);
        runner.result({ reports: counts.report, retries: counts.retry });
    }
});

/* Succeeds at the third attempt, waiting twice as long each time. */
(function retry(wait) {
    setTimeout(function () {
        counts.retry++;
        if (counts.retry < 3) {
            console.warn('attempt ' + counts.retry + ' failed, again in ' + wait * 2 + ' ms');
            retry(wait * 2);
        } else {
            console.log('attempt 3 worked');
        }
    }, wait);
}(10));

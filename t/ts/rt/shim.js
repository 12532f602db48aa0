// What an embedder gives the runtime helpers, small enough for tests: a Promise, a job queue, a
// WeakMap that is none (`host`); checks that collect what failed in `failures`, and run(), which
// empties the queue. t_rt.c evaluates it before it installs the helpers, and sets R.
var R, failures = [], checks = 0, jobs = [];

var Promise = (function () {
    function job(f, a, b) {
        jobs.push(function () { f(a, b); });
    }
    function react(p, r) {
        var f = p.state === 1 ? r.ok : r.err;
        job(function () {
            var v;
            if (typeof f !== 'function') {
                if (r.cap)
                    (p.state === 1 ? r.cap.resolve : r.cap.reject)(p.value);
                return;
            }
            try {
                v = f(p.value);
            } catch (e) {
                if (r.cap)
                    r.cap.reject(e);
                else
                    throw e;
                return;
            }
            if (r.cap)
                r.cap.resolve(v);
        });
    }
    function settle(p, state, v) {
        var i, rs = p.reactions;
        p.state = state;
        p.value = v;
        p.reactions = [];
        for (i = 0; i < rs.length; i++)
            react(p, rs[i]);
    }
    function functions(p) {
        var done = false;
        return {
            promise: p,
            resolve: function (v) {
                var then;
                if (done)
                    return;
                done = true;
                if (v === p)
                    return settle(p, 2, new TypeError('Chaining cycle detected for promise'));
                if (v === null || (typeof v !== 'object' && typeof v !== 'function'))
                    return settle(p, 1, v);
                try {
                    then = v.then;
                } catch (e) {
                    return settle(p, 2, e);
                }
                if (typeof then !== 'function')
                    return settle(p, 1, v);
                job(function () {
                    var f = functions(p);
                    try {
                        then.call(v, f.resolve, f.reject);
                    } catch (e) {
                        f.reject(e);
                    }
                });
            },
            reject: function (e) {
                if (done)
                    return;
                done = true;
                settle(p, 2, e);
            }
        };
    }
    function Promise(executor) {
        var f = functions(this);
        this.state = 0;
        this.reactions = [];
        try {
            executor(f.resolve, f.reject);
        } catch (e) {
            f.reject(e);
        }
    }
    Promise.make = function () {
        return functions(new Promise(function () {}));
    };
    Promise.then_ = function (p, ok, err, cap) {
        var r = { ok: ok, err: err, cap: cap };
        if (p.state === 0)
            p.reactions.push(r);
        else
            react(p, r);
    };
    Promise.prototype.then = function (ok, err) {
        var cap = Promise.make();
        Promise.then_(this, ok, err, cap);
        return cap.promise;
    };
    Promise.resolve = function (v) {
        var cap;
        if (v instanceof Promise && v.constructor === Promise)
            return v;
        cap = Promise.make();
        cap.resolve(v);
        return cap.promise;
    };
    Promise.reject = function (e) {
        var cap = Promise.make();
        cap.reject(e);
        return cap.promise;
    };
    return Promise;
})();

function $$pnew() {
    var cap = Promise.make();
    cap.promise.cap = cap;
    return cap.promise;
}
function $$pres(p, v) {
    p.cap.resolve(v);
}
function $$prej(p, e) {
    p.cap.reject(e);
}
function $$pof(v) {
    return Promise.resolve(v);
}
function $$pthen(p, ok, err) {
    Promise.then_(p, ok, err, undefined);
}
function $$pawait(st, v) {
    $$pthen($$pof(v), function (x) {
        R.drive(st, 0, x);
    }, function (e) {
        R.drive(st, 1, e);
    });
}
function $$pwait(v) {
    var t = R.host.Thread.current();
    $$pthen($$pof(v), function (x) {
        R.go(t, 0, x);
    }, function (e) {
        R.go(t, 1, e);
    });
}
function $$ares(v) {
    var p = $$pnew();
    $$pres(p, v);
    return p;
}
function $$arej(e) {
    var p = $$pnew();
    $$prej(p, e);
    return p;
}

var host = {
    promises: function () { /* they are above */ },
    weakMap: function () {
        var keys = [], values = [];
        return {
            get: function (k) {
                var i = keys.indexOf(k);
                return i < 0 ? undefined : values[i];
            },
            set: function (k, v) {
                keys.push(k);
                values.push(v);
            }
        };
    }
};

function run() {
    while (jobs.length)
        jobs.shift()();
}
function is(got, want, what) {
    checks++;
    if (got === want || (got !== got && want !== want))
        return;
    failures.push(what + ': got ' + String(got) + ', want ' + String(want));
}
function throws(type, what, f) {
    checks++;
    try {
        f();
    } catch (e) {
        if (e instanceof type)
            return;
        failures.push(what + ': threw ' + e);
        return;
    }
    failures.push(what + ': did not throw');
}

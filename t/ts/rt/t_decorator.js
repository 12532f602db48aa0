// Decorators, as the compiler is to call them.
var log = [];
function dec(name, give) {
    return function (v, ctx) {
        log.push(name + ' ' + ctx.kind + ' ' + String(ctx.name));
        ctx.addInitializer(function () { log.push('init ' + name); });
        return give && give(v, ctx);
    };
}
var extra = [], inits = [];
function C() {}
C.prototype.m = function () { return 1; };
$$dec(C, null, [dec('a'), dec('b', function (v) { return function () { return v.call(this) + 1; }; })],
    { kind: 'method', name: 'm', 'static': false, 'private': false, access: { get: function (o) { return o.m; } } }, null, extra);
is(new C().m(), 2, 'a method is replaced');
is(log.join(), 'b method m,a method m', 'the last decorator comes first');
$$inits(new C(), extra);
is(log.slice(2).join(), 'init b,init a', 'extra initializers in order');
$$dec(null, null, [dec('x', function () { return function (v) { return v * 2; }; }), dec('y', function () { return function (v) { return v + 1; }; })],
    { kind: 'field', name: 'f', 'static': false, 'private': false }, inits, []);
is($$inits({}, inits, 5), 11, 'field initializers run outermost first');
var d = { value: C };
$$dec(null, d, [function () { return Array; }], { kind: 'class', name: 'C' }, null, []);
is(d.value, Array, 'a class is replaced');
var acc = { get: function () { return 1; }, set: function () {} };
inits = [];
$$dec(null, acc, [function (v) { return { get: function () { return v.get() + 1; }, init: function (x) { return x + 'i'; } }; }],
    { kind: 'accessor', name: 'q' }, inits, []);
is(acc.get() + $$inits({}, inits, 'v'), '2vi', 'an accessor');
throws(TypeError, 'a decorator that returns a number', function () {
    $$dec(null, { value: 1 }, [function () { return 1; }], { kind: 'class', name: 'C' }, null, []);
});
var late;
$$dec(null, { value: C }, [function (v, ctx) { late = ctx; }], { kind: 'class', name: 'C' }, null, []);
throws(TypeError, 'a late initializer', function () { late.addInitializer(function () {}); });

function D() {}
D.prototype.m = function () { return 'm'; };
$$decorate([function (t, k, desc) { desc.value = function () { return k + '!'; }; }], D.prototype, 'm', null);
is(new D().m(), 'm!', 'legacy method');
is($$decorate([function (c) { return Array; }], D), Array, 'legacy class');
var seen;
$$decorate([$$param(1, function (t, k, i) { seen = k + i; })], D.prototype, 'm', null);
is(seen, 'm1', 'legacy parameter');

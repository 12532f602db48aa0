/* A rule engine: which rules fire for an event, and what they ask for.
 *
 *   swctl run examples/rules.js
 *   swctl run examples/rules.js '{"type":"order","total":950,"country":"NZ","items":[1,2]}'
 *
 * A rule is data: a condition tree of all/any/not over comparisons, and an action. */

var RULES = [
    { name: 'big order', when: { all: [['type', '=', 'order'], ['total', '>=', 500]] },
      then: 'ask a person' },
    { name: 'free shipping', when: { all: [['type', '=', 'order'],
        { any: [['total', '>', 80], ['coupon', 'is', 'set']] }, { not: ['country', 'in', ['NZ', 'AU']] }] },
      then: 'ship for nothing' },
    { name: 'new country', when: { not: ['country', 'in', ['DE', 'FR', 'NZ', 'AU']] },
      then: 'check the tax rules' },
    { name: 'failed log-ins', when: { all: [['type', '=', 'login'], ['failures', '>', 4]] },
      then: 'lock the account' }
];

var COMPARE = {
    '=': function (a, b) { return a === b; },
    '>': function (a, b) { return a > b; },
    '>=': function (a, b) { return a >= b; },
    'in': function (a, b) { return b.indexOf(a) >= 0; },
    'is': function (a, b) { return (b === 'set') === (a !== undefined && a !== null); }
};

function holds(condition, event) {
    if (Array.isArray(condition)) {
        if (!COMPARE.hasOwnProperty(condition[1])) {
            throw new Error('no such comparison: ' + condition[1]);
        }
        return COMPARE[condition[1]](event[condition[0]], condition[2]);
    }
    if (condition.all) {
        return condition.all.every(function (c) { return holds(c, event); });
    }
    if (condition.any) {
        return condition.any.some(function (c) { return holds(c, event); });
    }
    return !holds(condition.not, event);
}

function actions(event) {
    return RULES.filter(function (rule) {
        return holds(rule.when, event);
    }).map(function (rule) {
        return rule.name + ': ' + rule.then;
    });
}

var events = runner.args.length ? runner.args.map(function (arg) {
    return typeof arg === 'string' ? JSON.parse(arg) : arg;
}) : [
    { type: 'order', total: 950, country: 'NZ' },
    { type: 'order', total: 12, country: 'DE', coupon: 'HELLO' },
    { type: 'login', failures: 6, country: 'FR' },
    { type: 'login', failures: 1, country: 'IS' }
];

events.forEach(function (event) {
    var found = actions(event);
    console.log(JSON.stringify(event) + ' -> ' + (found.join('; ') || 'nothing'));
});
runner.result(events.map(actions));

/* JSON work: makes 5,000 orders, writes and reads them back, and adds up by customer and month.
 *
 *   swctl run examples/json-crunch.js */

function makeOrders(n) {
    var orders = [], i;
    for (i = 0; i < n; i++) {
        orders.push({
            id: i + 1,
            customer: 'c' + (i * 7919) % 97,
            month: (i * 31) % 12 + 1,
            lines: [{ sku: 'a' + i % 50, cents: (i * 37) % 5000 }, { sku: 'b' + i % 9, cents: 250 }]
        });
    }
    return orders;
}

function totals(orders, key) {
    return orders.reduce(function (sums, order) {
        var sum = order.lines.reduce(function (a, line) { return a + line.cents; }, 0);
        sums[order[key]] = (sums[order[key]] || 0) + sum;
        return sums;
    }, {});
}

var text = JSON.stringify(makeOrders(5000));
var orders = JSON.parse(text);
var byCustomer = totals(orders, 'customer');
var byMonth = totals(orders, 'month');
var best = Object.keys(byCustomer).sort(function (a, b) {
    return byCustomer[b] - byCustomer[a];
})[0];
var all = Object.keys(byMonth).reduce(function (a, month) { return a + byMonth[month]; }, 0);

console.log(orders.length + ' orders, ' + text.length + ' characters of JSON');
runner.result({ customers: Object.keys(byCustomer).length, best: best, cents: all });

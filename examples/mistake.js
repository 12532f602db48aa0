/* A mistake, for the error message: the callback of a timer reads a property of nothing. The error
 * names this file and the line.
 *
 *   swctl run examples/mistake.js */

var stock = { apples: { price: 3 }, pears: { price: 4 } };

function price(fruit, count) {
    return stock[fruit].price * count;
}

setTimeout(function () {
    console.log('apples: ' + price('apples', 4));
    console.log('plums: ' + price('plums', 2));
}, 10);

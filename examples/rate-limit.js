/* A token bucket: 25 requests arrive in bursts of five every 20 ms, ten tokens are there at first
 * and one comes back every 10 ms. Shows timers, and a runner that ends when nothing is left to do.
 *
 *   swctl run examples/rate-limit.js */

function Bucket(capacity, refillMs) {
    this.tokens = capacity;
    this.capacity = capacity;
    var self = this;
    this.timer = setInterval(function () {
        self.tokens = Math.min(self.capacity, self.tokens + 1);
    }, refillMs);
}

Bucket.prototype.take = function () {
    if (this.tokens < 1) {
        return false;
    }
    this.tokens--;
    return true;
};

Bucket.prototype.close = function () {
    clearInterval(this.timer);
};

var bucket = new Bucket(10, 10);
var letIn = 0, refused = 0, bursts = 0;

var arrivals = setInterval(function () {
    var i;
    for (i = 0; i < 5; i++) {
        if (bucket.take()) {
            letIn++;
        } else {
            refused++;
        }
    }
    bursts++;
    if (bursts === 5) {
        clearInterval(arrivals);
        bucket.close();
        console.log('of ' + (letIn + refused) + ' requests at least ten went in: ' +
            (letIn >= 10));
        runner.result({ requests: letIn + refused });
    }
}, 20);

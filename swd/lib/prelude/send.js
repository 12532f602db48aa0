// runner.send(id, value). N: send.c's natives. Answers the function.
(function (N) {
    'use strict';
    return function send(id, value) {
        return new Promise(function (resolve, reject) {
            N.post(id, value, function (e) {
                if (e)
                    reject(e);
                else
                    resolve();
            });
        });
    };
})

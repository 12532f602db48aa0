// require('os'): what a script may know, which is nothing of the machine that others run on.
(function (N) {
    'use strict';
    function says(v) {
        return function () { return v; };
    }
    var os = {
        EOL: '\n',
        devNull: '/dev/null',
        arch: function arch() { return process.arch; },
        platform: function platform() { return process.platform; },
        type: says('Linux'),
        release: says(''),
        version: says(''),
        machine: function machine() { return process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch; },
        hostname: says('localhost'),
        homedir: says('/'),
        tmpdir: says('/tmp'),
        endianness: says('LE'),
        uptime: function uptime() { return process.uptime(); },
        cpus: function cpus() { return []; },
        availableParallelism: says(1),
        loadavg: function loadavg() { return [0, 0, 0]; },
        networkInterfaces: function networkInterfaces() { return {}; },
        // The runner's own memory: its limit, and what of it is left.
        totalmem: function totalmem() {
            return N.require('runner').getMemoryStats().limitHard || 0;
        },
        freemem: function freemem() {
            var m = N.require('runner').getMemoryStats();
            return Math.max((m.limitHard || 0) - m.alloc, 0);
        },
        userInfo: function userInfo() {
            return { uid: -1, gid: -1, username: 'runner', homedir: '/', shell: null };
        },
        constants: { signals: {}, errno: {}, priority: {} }
    };
    Object.keys(os).forEach(function (k) {
        if (typeof os[k] === 'function')
            Object.defineProperty(os[k], 'name', { value: k, configurable: true });
    });
    return os;
})

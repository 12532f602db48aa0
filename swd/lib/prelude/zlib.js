// Compression for scripts: Node's zlib, zstd in the same shape, SW Runtime's utils/compression.
// N has the natives of zlib.c, `core` the event loop.
(function (N, core) {
    'use strict';
    var later = setImmediate, slice = Array.prototype.slice, apply = Reflect.apply;

    var constants = {
        Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5,
        Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3,
        Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6,
        Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1,
        Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0,
        DEFLATE: 1, INFLATE: 2, GZIP: 3, GUNZIP: 4, DEFLATERAW: 5, INFLATERAW: 6, UNZIP: 7,
        Z_MIN_WINDOWBITS: 8, Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15,
        Z_MIN_CHUNK: 64, Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384,
        Z_MIN_MEMLEVEL: 1, Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8,
        Z_MIN_LEVEL: -1, Z_MAX_LEVEL: 9, Z_DEFAULT_LEVEL: -1,
        ZSTD_e_continue: 0, ZSTD_e_flush: 1, ZSTD_e_end: 2,
        ZSTD_c_compressionLevel: 100, ZSTD_c_windowLog: 101, ZSTD_c_strategy: 107,
        ZSTD_c_enableLongDistanceMatching: 160, ZSTD_c_contentSizeFlag: 200,
        BROTLI_OPERATION_PROCESS: 0, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_FINISH: 2,
        BROTLI_PARAM_MODE: 0, BROTLI_PARAM_QUALITY: 1, BROTLI_PARAM_LGWIN: 2, BROTLI_PARAM_SIZE_HINT: 5,
        BROTLI_MODE_GENERIC: 0, BROTLI_MODE_TEXT: 1, BROTLI_MODE_FONT: 2, BROTLI_MIN_QUALITY: 0,
        BROTLI_MAX_QUALITY: 11, BROTLI_DEFAULT_QUALITY: 11, BROTLI_MIN_WINDOW_BITS: 10,
        BROTLI_MAX_WINDOW_BITS: 24, BROTLI_DEFAULT_WINDOW: 22,
        ZSTD_c_checksumFlag: 201, ZSTD_d_windowLogMax: 100, ZSTD_CLEVEL_DEFAULT: 3
    };

    function fail(Type, code, text) {
        var e = new Type(text);
        e.code = code;
        throw e;
    }

    // A number of the options within its range, or undefined.
    function number(o, key, low, high) {
        var v = o[key];
        if (v === undefined || v !== v)
            return undefined;
        if (typeof v !== 'number')
            fail(TypeError, 'ERR_INVALID_ARG_TYPE',
                'The "options.' + key + '" property must be of type number.');
        if (v < low || v > high)
            fail(RangeError, 'ERR_OUT_OF_RANGE', 'The value of "options.' + key +
                '" is out of range. It must be >= ' + low + ' and <= ' + high + '. Received ' + v);
        return v;
    }

    function common(o, s) {
        s.max = number(o, 'maxOutputLength', 1, Number.MAX_SAFE_INTEGER);
        number(o, 'chunkSize', 64, Infinity);
        if (o.dictionary !== undefined) {
            if (typeof o.dictionary === 'string')
                fail(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "options.dictionary" property must be ' +
                    'an instance of Buffer, TypedArray, DataView, or ArrayBuffer.');
            s.dictionary = o.dictionary;
        }
        return s;
    }

    // The natives' settings from Node's options.
    function deflateSettings(o, kind) {
        var s = {}, flush;
        s.level = number(o, 'level', -1, 9);
        if (s.level === -1)
            s.level = undefined;
        s.window = number(o, 'windowBits', kind.decode ? 0 : kind.codec === 'gzip' ? 9 : 8, 15);
        s.memory = number(o, 'memLevel', 1, 9);
        s.strategy = number(o, 'strategy', 0, 4);
        number(o, 'flush', 0, 5);
        flush = number(o, 'finishFlush', 0, 5);
        s.partial = kind.decode && flush !== undefined && flush !== constants.Z_FINISH ? 1 : 0;
        return common(o, s);
    }

    function zstdSettings(o, kind) {
        var s = {}, p = o.params || {};
        s.level = o.level !== undefined ? number(o, 'level', -7, 19) : undefined;
        if (kind.decode) {
            s.window = p[constants.ZSTD_d_windowLogMax];
            s.partial = o.finishFlush !== undefined && o.finishFlush !== constants.ZSTD_e_end ? 1 : 0;
        } else {
            if (p[constants.ZSTD_c_compressionLevel] !== undefined)
                s.level = +p[constants.ZSTD_c_compressionLevel];
            s.window = p[constants.ZSTD_c_windowLog];
            s.strategy = p[constants.ZSTD_c_strategy];
            s.checksum = p[constants.ZSTD_c_checksumFlag] ? 1 : 0;
            s.long = p[constants.ZSTD_c_enableLongDistanceMatching] ? 1 : 0;
        }
        return common(o, s);
    }

    function brotliSettings(o, kind) {
        var s = {}, p = o.params || {};
        if (kind.decode) {
            s.partial = o.finishFlush !== undefined && o.finishFlush !== 2 ? 1 : 0;
        } else {
            s.level = number(p, constants.BROTLI_PARAM_QUALITY, 0, 11);
            if (s.level === undefined)
                s.level = 11;
            s.window = number(p, constants.BROTLI_PARAM_LGWIN, 10, 24);
            s.strategy = number(p, constants.BROTLI_PARAM_MODE, 0, 2);
        }
        return common(o, s);
    }

    var kinds = {
        gzip: { codec: 'gzip', decode: false, settings: deflateSettings, stream: 'Gzip' },
        gunzip: { codec: 'gzip', decode: true, settings: deflateSettings, stream: 'Gunzip' },
        deflate: { codec: 'zlib', decode: false, settings: deflateSettings, stream: 'Deflate' },
        inflate: { codec: 'zlib', decode: true, settings: deflateSettings, stream: 'Inflate' },
        deflateRaw: { codec: 'raw', decode: false, settings: deflateSettings, stream: 'DeflateRaw' },
        inflateRaw: { codec: 'raw', decode: true, settings: deflateSettings, stream: 'InflateRaw' },
        unzip: { codec: 'auto', decode: true, settings: deflateSettings, stream: 'Unzip' },
        zstdCompress: { codec: 'zstd', decode: false, settings: zstdSettings, stream: 'ZstdCompress' },
        zstdDecompress: { codec: 'zstd', decode: true, settings: zstdSettings,
            stream: 'ZstdDecompress' }
    };

    if (N.has('brotli')) {
        kinds.brotliCompress = { codec: 'brotli', decode: false, settings: brotliSettings,
            stream: 'BrotliCompress' };
        kinds.brotliDecompress = { codec: 'brotli', decode: true, settings: brotliSettings,
            stream: 'BrotliDecompress' };
    }

    // A Buffer where there is one that takes bytes over without a copy, else the Uint8Array.
    function wrap(bytes) {
        var B = typeof Buffer === 'function' && typeof Buffer.from === 'function' ? Buffer : null;
        return B ? B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
    }

    function view(data) {
        if (data instanceof ArrayBuffer)
            return new Uint8Array(data);
        return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
            : data;
    }

    // gzip or zlib by the first byte, as Node's unzip does.
    function codecOf(kind, data) {
        var v;
        if (kind.codec !== 'auto')
            return kind.codec;
        v = view(data);
        return typeof v !== 'string' && v.length > 0 && v[0] === 0x1f ? 'gzip' : 'zlib';
    }

    function checkData(data) {
        if (typeof data === 'string' || data instanceof ArrayBuffer || ArrayBuffer.isView(data))
            return;
        fail(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "buffer" argument must be of type string or an ' +
            'instance of Buffer, TypedArray, DataView, or ArrayBuffer.' +
            (data === undefined || data === null ? ' Received ' + data : ''));
    }

    function settingsOf(kind, options) {
        if (options === undefined || options === null)
            options = {};
        return kind.settings(options, kind);
    }

    function run(kind, data, s) {
        return wrap(N.run(codecOf(kind, data), kind.decode, data, s));
    }

    // ---- streams: events, write, end, pipe ----

    function emitter(self) {
        var handlers = Object.create(null);
        function add(type, fn, once) {
            (handlers[type] || (handlers[type] = [])).push({ fn: fn, once: once });
            return self;
        }
        self.on = self.addListener = function (type, fn) {
            add(type, fn, false);
            if (type === 'data')
                self.resume();
            return self;
        };
        self.once = function (type, fn) { return add(type, fn, true); };
        self.off = self.removeListener = function (type, fn) {
            handlers[type] = (handlers[type] || []).filter(function (h) { return h.fn !== fn; });
            return self;
        };
        self.removeAllListeners = function (type) {
            if (type === undefined)
                handlers = Object.create(null);
            else
                delete handlers[type];
            return self;
        };
        self.listenerCount = function (type) { return (handlers[type] || []).length; };
        self.emit = function (type) {
            var l = (handlers[type] || []).slice(), args = slice.call(arguments, 1), i;
            for (i = 0; i < l.length; i++) {
                if (l[i].once)
                    self.off(type, l[i].fn);
                apply(l[i].fn, self, args);
            }
            return l.length > 0;
        };
    }

    function stream(kind, options) {
        var self = {}, s = settingsOf(kind, options), id = 0, queue = [], ready = [], running = false, aside = false;
        var flowing = false, ended = false, finished = false, closed = false, closing = false;
        var FLUSH = [0, 1, 1, 2, 3, 1];

        emitter(self);
        self.bytesWritten = 0;
        self.readable = self.writable = true;

        function native(data) {
            if (!id)
                id = N.open(codecOf(kind, data), kind.decode, s);
            return id;
        }

        function release() {
            if (id)
                N.close(id);
            id = 0;
        }

        function deliver() {
            while (flowing && ready.length > 0)
                self.emit('data', ready.shift());
            if (flowing && finished && !closed && ready.length === 0) {
                closed = true;
                self.readable = false;
                self.emit('end');
                self.emit('close');
            }
        }

        function put(bytes) {
            if (bytes.length > 0)
                ready.push(wrap(bytes));
        }

        function broken(e) {
            release();
            queue = [];
            closed = closing = true;
            self.writable = self.readable = false;
            if (!self.emit('error', e))
                throw e;
            self.emit('close');
        }

        // What there is to do comes from the queue, one job at a time: within the turn, or, when
        // there is much of it, on a thread meanwhile (`aside`).
        function finish(job, e, out) {
            running = aside = false;
            if (closed)
                return;
            if (e) {
                if (job.done)
                    job.done(e);
                broken(e);
                return;
            }
            if (out)
                put(out);
            if (job.data !== undefined)
                self.bytesWritten += typeof job.data === 'string' ? 0 : job.data.byteLength;
            if (job.flush === 3) {
                release();
                finished = true;
                self.emit('finish');
            }
            if (job.done)
                job.done();
            deliver();
            if (queue.length > 0)
                start();
            else if (!finished)
                self.emit('drain');
        }

        // What came out within the turn; undefined when it comes later.
        function one(job) {
            if (job.reset)
                return N.reset(native(''));
            if (job.params)
                return N.params(native(''), job.params[0], job.params[1]);
            checkData(job.data);
            aside = N.aside(native(job.data), job.data, job.flush, function (e, out) {
                finish(job, e, out);
            });
            return aside ? undefined : N.write(id, job.data, job.flush);
        }

        function work() {
            var job = queue.shift(), out;
            if (closed || !job) {
                running = false;
                return;
            }
            try {
                out = one(job);
            } catch (e) {
                finish(job, e);
                return;
            }
            if (!aside)
                finish(job, null, out);
        }

        function start() {
            if (!running) {
                running = true;
                later(work);
            }
        }

        function add(data, flush, done) {
            var e;
            if (ended || closing) {
                e = new Error(closing ? 'Cannot call write after a stream was destroyed'
                    : 'write after end');
                e.code = closing ? 'ERR_STREAM_DESTROYED' : 'ERR_STREAM_WRITE_AFTER_END';
                later(function () {
                    if (done)
                        done(e);
                    if (!closed)
                        broken(e);
                });
                return;
            }
            queue.push({ data: data, flush: flush, done: done });
            start();
        }

        self.write = function write(data, encoding, done) {
            if (typeof encoding === 'function')
                done = encoding;
            checkData(data);
            add(data, 0, done);
            return queue.length < 16;
        };
        self.end = function end(data, encoding, done) {
            if (typeof data === 'function') {
                done = data;
                data = undefined;
            } else if (typeof encoding === 'function') {
                done = encoding;
            }
            add(data === undefined || data === null ? '' : data, 3, done);
            ended = true;
            self.writable = false;
            return self;
        };
        self.flush = function flush(how, done) {
            if (typeof how === 'function') {
                done = how;
                how = undefined;
            }
            add('', how === undefined ? 2 : FLUSH[how] || 0, done);
        };
        self.params = function params(level, strategy, done) {
            queue.push({ params: [level === -1 ? 6 : level, strategy], done: done });
            start();
        };
        self.reset = function reset() {
            if (aside)
                queue.unshift({ reset: true });
            else if (id)
                N.reset(id);
        };
        self.resume = function resume() {
            flowing = true;
            later(deliver);
            return self;
        };
        self.pause = function pause() {
            flowing = false;
            return self;
        };
        self.read = function read() {
            var one_ = ready.length > 0 ? ready.shift() : null;
            if (!one_ && finished)
                self.resume();
            return one_;
        };
        self.pipe = function pipe(to) {
            self.on('data', function (chunk) { to.write(chunk); });
            self.on('end', function () { to.end(); });
            return to;
        };
        self.close = function close(done) {
            closing = true;
            release();
            if (done)
                later(done);
            if (!closed) {
                closed = true;
                later(function () { self.emit('close'); });
            }
        };
        self.destroy = function destroy(e) {
            self.close();
            if (e)
                later(function () { self.emit('error', e); });
            return self;
        };
        return self;
    }

    // ---- the modules ----

    function method(target, name, value) {
        Object.defineProperty(value, 'name', { value: name, configurable: true });
        target[name] = value;
    }

    function addKind(target, promises, name, kind) {
        method(target, name + 'Sync', function (data, options) {
            checkData(data);
            return run(kind, data, settingsOf(kind, options));
        });
        method(target, name, function (data, options, done) {
            var s;
            if (typeof options === 'function') {
                done = options;
                options = undefined;
            }
            if (typeof done !== 'function')
                fail(TypeError, 'ERR_INVALID_ARG_TYPE',
                    'The "callback" argument must be of type function. Received ' + typeof done);
            checkData(data);
            s = settingsOf(kind, options);
            if (N.later(codecOf(kind, data), kind.decode, data, s, function (e, out) {
                done(e, out && wrap(out));
            }))
                return;
            later(function () {
                var out;
                try {
                    out = run(kind, data, s);
                } catch (e) {
                    done(e);
                    return;
                }
                done(null, out);
            });
        });
        method(promises, name, function (data, options) {
            return new Promise(function (resolve, reject) {
                target[name](data, options || {}, function (e, out) {
                    if (e)
                        reject(e);
                    else
                        resolve(out);
                });
            });
        });
        method(target, 'create' + kind.stream, function (options) { return stream(kind, options); });
    }

    function crc32(data, before) {
        checkData(data);
        return N.crc32(data, before === undefined ? 0 : before);
    }

    var zlib = { promises: {}, constants: Object.freeze(constants), crc32: crc32 };
    var zstd = { promises: {}, constants: zlib.constants };
    Object.keys(kinds).forEach(function (name) {
        addKind(zlib, zlib.promises, name, kinds[name]);
    });
    Object.keys(constants).forEach(function (name) {
        if (name.slice(0, 2) === 'Z_' && name.indexOf('DEFAULT_LEVEL') < 0)
            Object.defineProperty(zlib, name, { value: constants[name] });
    });
    addKind(zstd, zstd.promises, 'compress', kinds.zstdCompress);
    addKind(zstd, zstd.promises, 'decompress', kinds.zstdDecompress);
    zstd.createCompress = zstd.createZstdCompress;
    zstd.createDecompress = zstd.createZstdDecompress;

    function text(name, codec, decode) {
        var fn = function (data) {
            if (arguments.length === 0)
                throw new TypeError(name + ': a string is required');
            return N.text(codec, decode, data);
        };
        Object.defineProperty(fn, 'name', { value: name, configurable: true });
        return fn;
    }

    var compression = {
        gzip: text('gzip', 'gzip', false), gunzip: text('gunzip', 'gzip', true),
        deflate: text('deflate', 'zlib', false), inflate: text('inflate', 'zlib', true)
    };
    compression.gzipCompress = compression.gzip;
    compression.gzipDecompress = compression.gunzip;
    compression.zlibCompress = compression.deflate;
    compression.zlibDecompress = compression.inflate;

    return { zlib: zlib, zstd: zstd, compression: compression };
})

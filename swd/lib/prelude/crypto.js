// crypto.subtle and require('crypto'). N: crypto.c's natives and node.c's. Answers the module;
// `webcrypto.subtle` is the global's.
(function (N) {
    'use strict';
    var W = N.web(), DOMException = N.webClasses().DOMException, apply = Reflect.apply;
    var USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

    function isBytes(v) {
        return ArrayBuffer.isView(v) || v instanceof ArrayBuffer;
    }
    // Bytes of strings and buffers.
    function bytes(v, encoding, name) {
        if (typeof v === 'string')
            return Buffer.from(v, encoding === 'buffer' ? 'utf8' : encoding);
        if (!isBytes(v))
            N.badArg(v, name, 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView');
        return v;
    }
    function output(memory, encoding) {
        var b = Buffer.from(memory);
        return encoding === undefined || encoding === 'buffer' ? b : b.toString(encoding);
    }

    // ---- Hash, Hmac ----

    function hashClass(name, keyed) {
        function C(state) {
            if (!(this instanceof C))
                return new C(state);
            W.put(this, { self: this, what: name, state: state, done: false });
        }
        function own(o) {
            var s = W.get(o);
            if (!s || s.what !== name)
                N.fail('T', 'ERR_INVALID_THIS', 'Value of "this" must be of type ' + name);
            if (s.done && !keyed)
                N.fail('E', 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
            return s;
        }
        C.prototype = {
            update: function update(data, encoding) {
                var s = own(this);
                if (s.done)
                    N.fail('E', 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
                if (typeof data !== 'string' && !ArrayBuffer.isView(data))
                    N.badArg(data, 'data', 'of type string or an instance of Buffer, TypedArray, or DataView');
                N.add(s.state, bytes(data, encoding, 'data'));
                return this;
            },
            digest: function digest(encoding) {
                var s = own(this);
                if (s.done) // as Node: a second digest of an Hmac is empty
                    return output(new ArrayBuffer(0), encoding);
                s.done = true;
                return output(N.end(s.state), encoding);
            },
            // The stream's half that is used without one.
            write: function write(data, encoding) {
                this.update(data, encoding);
                return true;
            },
            end: function end(data, encoding) {
                if (data !== undefined)
                    this.update(data, encoding);
            },
            read: function read() {
                return this.digest();
            }
        };
        if (!keyed)
            C.prototype.copy = function copy() {
                return new C(N.copy(own(this).state));
            };
        W.hide(C.prototype, 'constructor', C);
        Object.defineProperty(C, 'name', { value: name, configurable: true });
        return C;
    }
    var Hash = hashClass('Hash', false), Hmac = hashClass('Hmac', true);

    function algorithm(name, what) {
        var known;
        if (typeof name !== 'string')
            N.badArg(name, what, 'of type string');
        known = N.known(name.replace(/^rsa-/i, ''));
        return known;
    }
    function createHash(name) {
        var known = algorithm(name, 'algorithm');
        if (!known)
            throw new Error('Digest method not supported');
        return new Hash(N.begin(known, undefined));
    }
    function createHmac(name, key) {
        var known = algorithm(name, 'hmac');
        if (typeof key !== 'string' && !isBytes(key) && !(key && key.type === 'secret'))
            N.badArg(key, 'key', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey');
        if (!known)
            N.fail('T', 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest: ' + name);
        return new Hmac(N.begin(known, key.type === 'secret' ? new Uint8Array(secretOf(key)) : bytes(key, 'utf8', 'key')));
    }

    // ---- Random ----

    function later(fn, cb) {
        var v;
        if (typeof cb !== 'function')
            return fn();
        v = fn();
        setImmediate(function () { cb(null, v); });
    }
    function count(n, name, max, min) {
        min = min || 0;
        if (typeof n !== 'number')
            N.badArg(n, name, 'of type number');
        if (!(n >= min && n <= max && n % 1 === 0))
            N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "' + name + '" is out of range. It must be >= ' + min + ' && <= ' +
                max + '. Received ' + N.show(n));
        return n;
    }
    function randomBytes(n, cb) {
        count(n, 'size', 2147483647);
        return later(function () {
            var b = Buffer.alloc(n);
            N.random(b);
            return b;
        }, cb);
    }
    function randomFillSync(b, offset, size) {
        var unit = b.BYTES_PER_ELEMENT || 1, view;
        if (!isBytes(b))
            N.badArg(b, 'buf', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView');
        offset = (offset === undefined ? 0 : count(offset, 'offset', b.byteLength)) * unit;
        size = size === undefined ? b.byteLength - offset : count(size, 'size', b.byteLength) * unit;
        if (offset + size > b.byteLength)
            N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "size + offset" is out of range. It must be <= ' + b.byteLength +
                '. Received ' + (offset + size));
        view = new Uint8Array(b.buffer || b, (b.byteOffset || 0) + offset, size);
        N.random(view);
        return b;
    }
    function randomInt(min, max, cb) {
        var b = Buffer.alloc(6), range, limit, v;
        if (max === undefined || typeof max === 'function') {
            cb = max;
            max = min;
            min = 0;
        }
        if (!(Math.abs(min) <= 9007199254740991 && min % 1 === 0))
            N.badArg(min, 'min', 'a safe integer');
        if (!(Math.abs(max) <= 9007199254740991 && max % 1 === 0))
            N.badArg(max, 'max', 'a safe integer');
        range = max - min;
        if (!(range > 0))
            N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "max" is out of range. It must be greater than the value of "min" (' +
                min + '). Received ' + max);
        if (range > 281474976710655)
            N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "max - min" is out of range. It must be <= 281474976710655. Received ' + range);
        limit = 281474976710656 - 281474976710656 % range;
        do {
            N.random(b);
            v = b.readUIntBE(0, 6);
        } while (v >= limit);
        return later(function () { return min + v % range; }, cb);
    }
    function timingSafeEqual(a, b) {
        if (!isBytes(a))
            N.badArg(a, 'buf1', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView');
        if (!isBytes(b))
            N.badArg(b, 'buf2', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView');
        if (a.byteLength !== b.byteLength)
            N.fail('R', 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
        return N.same(a, b);
    }
    function pbkdf2Sync(password, salt, rounds, length, digest) {
        var known = algorithm(digest, 'digest');
        password = bytes(password, 'utf8', 'password');
        salt = bytes(salt, 'utf8', 'salt');
        count(rounds, 'iterations', 2147483647, 1);
        count(length, 'keylen', 2147483647);
        if (!known)
            N.fail('T', 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest: ' + digest);
        return Buffer.from(N.derive(known, password, salt, rounds, length));
    }

    // ---- crypto.subtle ----

    function reject(name, text) {
        throw new DOMException(text, name);
    }
    function unsupported(what) {
        reject('NotSupportedError', what + ' is not supported: here are digest, and HMAC keys with importKey, ' +
            'exportKey, generateKey, sign and verify');
    }
    function nameOf(a) {
        var name = typeof a === 'string' ? a : a !== null && typeof a === 'object' ? a.name : undefined;
        if (typeof name !== 'string')
            throw new TypeError('the algorithm has no name');
        return name;
    }
    function digestOf(a) {
        var name = nameOf(a).toUpperCase();
        if (!/^SHA-(?:1|256|384|512)$/.test(name))
            unsupported('Unrecognized algorithm name: ' + nameOf(a));
        return name;
    }
    function copyOf(data, name) {
        if (!isBytes(data))
            N.badArg(data, name, 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView');
        return data;
    }
    function CryptoKey() {
        throw new TypeError('Illegal constructor');
    }
    function keyState(k) {
        var s = W.get(k);
        if (!s || s.what !== 'CryptoKey')
            N.badArg(k, 'key', 'an instance of CryptoKey');
        return s;
    }
    function secretOf(k) {
        return keyState(k).secret;
    }
    ['type', 'extractable', 'algorithm', 'usages'].forEach(function (name) {
        W.getter(CryptoKey.prototype, name, {
            m() { return keyState(this)[name]; }
        }.m);
    });
    W.klass(CryptoKey, 'CryptoKey');
    function makeKey(secret, hash, extractable, usages) {
        var k = Object.create(CryptoKey.prototype);
        usages = W.all(usages).map(String);
        usages.forEach(function (u) {
            if (USAGES.indexOf(u) < 0)
                throw new TypeError("'" + u + "' is not a valid enum value of type KeyUsage.");
            if (u !== 'sign' && u !== 'verify')
                reject('SyntaxError', 'Unsupported key usage for an HMAC key');
        });
        if (usages.length === 0)
            reject('SyntaxError', 'Usages cannot be empty when importing a secret key.');
        W.put(k, {
            self: k, what: 'CryptoKey', type: 'secret', secret: secret, extractable: !!extractable,
            algorithm: { name: 'HMAC', hash: { name: hash }, length: secret.length * 8 },
            usages: USAGES.filter(function (u) { return usages.indexOf(u) >= 0; })
        });
        return k;
    }
    function hmacAlgorithm(a) {
        if (nameOf(a).toUpperCase() !== 'HMAC')
            unsupported('the algorithm ' + nameOf(a));
        return digestOf(a.hash);
    }
    function needs(a, key, usage) {
        var s = keyState(key);
        if (nameOf(a).toUpperCase() !== 'HMAC')
            unsupported('the algorithm ' + nameOf(a));
        if (s.usages.indexOf(usage) < 0)
            reject('InvalidAccessError', 'Unable to use this key to ' + usage);
        return s;
    }
    function mac(s, data) {
        var state = N.begin(s.algorithm.hash.name, s.secret);
        N.add(state, copyOf(data, 'data'));
        return N.end(state);
    }
    var operations = {
        digest: function digest(a, data) {
            var state = N.begin(digestOf(a), undefined);
            N.add(state, copyOf(data, 'data'));
            return N.end(state);
        },
        importKey: function importKey(format, data, a, extractable, usages) {
            var hash = hmacAlgorithm(a), secret;
            if (format === 'raw')
                secret = Buffer.from(Buffer.from(copyOf(data, 'keyData').buffer || data, data.byteOffset, data.byteLength));
            else if (format === 'jwk' && data !== null && typeof data === 'object' && data.kty === 'oct')
                secret = Buffer.from(String(data.k), 'base64url');
            else
                unsupported('the key format ' + String(format));
            if (secret.length === 0)
                reject('DataError', 'Zero-length key is not supported');
            return makeKey(secret, hash, extractable, usages);
        },
        exportKey: function exportKey(format, key) {
            var s = keyState(key);
            if (!s.extractable)
                reject('InvalidAccessError', 'key is not extractable');
            if (format === 'jwk')
                return {
                    key_ops: s.usages.slice(), ext: true, kty: 'oct', k: s.secret.toString('base64url'),
                    alg: 'HS' + s.algorithm.hash.name.slice(4)
                };
            if (format !== 'raw')
                unsupported('the key format ' + String(format));
            return s.secret.buffer.slice(s.secret.byteOffset, s.secret.byteOffset + s.secret.length);
        },
        generateKey: function generateKey(a, extractable, usages) {
            var hash = hmacAlgorithm(a), n = a.length;
            if (n === undefined)
                n = hash === 'SHA-384' || hash === 'SHA-512' ? 1024 : 512;
            if (!(n > 0) || n % 8)
                reject('OperationError', 'the length of the key must be a multiple of 8 bits');
            return makeKey(randomBytes(n / 8), hash, extractable, usages);
        },
        sign: function sign(a, key, data) {
            return mac(needs(a, key, 'sign'), data);
        },
        verify: function verify(a, key, signature, data) {
            return N.same(mac(needs(a, key, 'verify'), data), copyOf(signature, 'signature'));
        }
    };
    ['encrypt', 'decrypt', 'deriveBits', 'deriveKey', 'wrapKey', 'unwrapKey'].forEach(function (name) {
        operations[name] = function () {
            unsupported(name + '()');
        };
    });
    function SubtleCrypto() {
        throw new TypeError('Illegal constructor');
    }
    Object.keys(operations).forEach(function (name) {
        var op = operations[name], wrapped = {};
        wrapped[name] = function () {
            var args = arguments;
            return new Promise(function (resolve) {
                resolve(apply(op, undefined, args));
            });
        };
        Object.defineProperty(wrapped[name], 'name', { value: name, configurable: true });
        Object.defineProperty(wrapped[name], 'length', { value: op.length, configurable: true });
        W.methods(SubtleCrypto.prototype, wrapped);
    });
    W.klass(SubtleCrypto, 'SubtleCrypto');

    var web = N.webcrypto();
    return {
        createHash: createHash,
        createHmac: createHmac,
        Hash: Hash,
        Hmac: Hmac,
        getHashes: function getHashes() { return N.names(); },
        getCiphers: function getCiphers() { return []; },
        getCurves: function getCurves() { return []; },
        hash: function hash(name, data, encoding) {
            return createHash(name).update(data).digest(encoding === undefined ? 'hex' : encoding);
        },
        randomBytes: randomBytes,
        pseudoRandomBytes: randomBytes,
        randomFillSync: randomFillSync,
        randomFill: function randomFill(b, offset, size, cb) {
            if (typeof offset === 'function') {
                cb = offset;
                offset = size = undefined;
            } else if (typeof size === 'function') {
                cb = size;
                size = undefined;
            }
            later(function () { return randomFillSync(b, offset, size); }, cb);
        },
        randomInt: randomInt,
        randomUUID: function randomUUID() { return web.randomUUID(); },
        getRandomValues: function getRandomValues(a) { return web.getRandomValues(a); },
        timingSafeEqual: timingSafeEqual,
        pbkdf2Sync: pbkdf2Sync,
        pbkdf2: function pbkdf2(password, salt, rounds, length, digest, cb) {
            if (typeof cb !== 'function')
                N.badArg(cb, 'callback', 'of type function');
            later(function () { return pbkdf2Sync(password, salt, rounds, length, digest); }, cb);
        },
        subtle: Object.create(SubtleCrypto.prototype),
        webcrypto: web,
        CryptoKey: CryptoKey,
        SubtleCrypto: SubtleCrypto
    };
})

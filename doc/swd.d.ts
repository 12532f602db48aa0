/**
 * What a script of swd sees beyond ES2023 (`lib: ["es2023"]`, no DOM, no Node types).
 *
 * For editors and `tsc --noEmit`; nothing here is needed to run. Not declared because absent:
 * BigInt, Intl, SharedArrayBuffer, Atomics, fetch, files and sockets (doc/lib.md). The modules of
 * Node that are there (`require("util")`, `"node:path"`, ...) are declared at the end by name.
 */

// ---- swd's own ----------------------------------------------------------------------------------

interface SwdMemoryStats {
    /** Bytes of live objects now, ever handed out, and held from the system. */
    alloc: number;
    totalAlloc: number;
    sys: number;
    /** Collections so far, forced or not. */
    numGC: number;
    peak: number;
    limitSoft: number | null;
    limitHard: number | null;
    timerCount: number;
    moduleCount: number;
}

interface SwdRunner {
    readonly id: number;
    readonly name: string;
    /** The arguments of the submission, parsed from JSON. */
    readonly args: any[];
    /** Called with what `swctl send` or another runner sends; keeps the runner alive. */
    onMessage: ((message: any) => void) | null;
    /** A message (as JSON, at most 64 KiB) to another runner of the same group; resolves when it lies
     * in its mailbox. Rejects with code ERR_SWD_NO_RUNNER, ERR_SWD_DENIED (another group) or
     * ERR_SWD_LIMIT (the mailbox is full, too long, too many on their way). */
    send(id: number, value: unknown): Promise<void>;
    /** Sets what the submission answers with, instead of the completion value. */
    result(value: unknown): void;
    getMemoryStats(): SwdMemoryStats;
    getMemoryHistory(): any[];
    isMemoryPressureHigh(): boolean;
    /** Collects now; bytes freed. */
    forceGC(): number;
    /** Whether the message handler keeps the runner alive. */
    ref(): this;
    unref(): this;
}
declare const runner: SwdRunner;

// ---- CommonJS -----------------------------------------------------------------------------------

interface SwdModule {
    id: string;
    filename: string;
    loaded: boolean;
    exports: any;
    children: SwdModule[];
    require: SwdRequire;
}
interface SwdRequire {
    (id: string): any;
    resolve(id: string): string;
    cache: Record<string, SwdModule | undefined>;
    main: SwdModule | undefined;
}
declare var require: SwdRequire;
declare var module: SwdModule;
declare var exports: any;
declare var __filename: string;
declare var __dirname: string;
declare var global: typeof globalThis;

// ---- Console, timers, jobs ----------------------------------------------------------------------

interface Console {
    assert(condition?: unknown, ...data: unknown[]): void;
    count(label?: string): void;
    countReset(label?: string): void;
    debug(...data: unknown[]): void;
    dir(item?: unknown, options?: object): void;
    dirxml(...data: unknown[]): void;
    error(...data: unknown[]): void;
    group(...data: unknown[]): void;
    groupCollapsed(...data: unknown[]): void;
    groupEnd(): void;
    info(...data: unknown[]): void;
    log(...data: unknown[]): void;
    table(data?: unknown, columns?: string[]): void;
    time(label?: string): void;
    timeEnd(label?: string): void;
    timeLog(label?: string, ...data: unknown[]): void;
    trace(...data: unknown[]): void;
    warn(...data: unknown[]): void;
}
declare var console: Console;

/** A timer's handle; it coerces to its number. */
interface SwdTimer {
    ref(): this;
    unref(): this;
    hasRef(): boolean;
    refresh(): this;
    [Symbol.toPrimitive](): number;
}
interface SwdImmediate {
    ref(): this;
    unref(): this;
    hasRef(): boolean;
}
declare function setTimeout<A extends any[]>(fn: (...args: A) => void, ms?: number, ...args: A): SwdTimer;
declare function setInterval<A extends any[]>(fn: (...args: A) => void, ms?: number, ...args: A): SwdTimer;
declare function setImmediate<A extends any[]>(fn: (...args: A) => void, ...args: A): SwdImmediate;
declare function clearTimeout(timer?: SwdTimer | number | null): void;
declare function clearInterval(timer?: SwdTimer | number | null): void;
declare function clearImmediate(immediate?: SwdImmediate | null): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: ArrayBuffer[] }): T;

// ---- process ------------------------------------------------------------------------------------

interface SwdStream {
    write(text: string | Uint8Array): boolean;
}
interface SwdProcess {
    readonly argv: string[];
    readonly env: Record<string, string | undefined>;
    readonly pid: number;
    readonly title: string;
    readonly platform: string;
    readonly arch: string;
    readonly version: string;
    readonly versions: Record<string, string>;
    readonly stdout: SwdStream;
    readonly stderr: SwdStream;
    exitCode: number | undefined;
    cwd(): string;
    exit(code?: number): never;
    uptime(): number;
    hrtime(previous?: [number, number]): [number, number];
    memoryUsage(): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number };
    nextTick<A extends any[]>(fn: (...args: A) => void, ...args: A): void;
    emitWarning(warning: string | Error): void;
    on(event: 'exit' | 'beforeExit', fn: (code: number) => void): this;
    on(event: 'uncaughtException', fn: (error: any, origin: string) => void): this;
    on(event: 'unhandledRejection', fn: (reason: unknown, promise: Promise<unknown>) => void): this;
    on(event: string, fn: (...args: any[]) => void): this;
    addListener(event: string, fn: (...args: any[]) => void): this;
    prependListener(event: string, fn: (...args: any[]) => void): this;
    once(event: string, fn: (...args: any[]) => void): this;
    off(event: string, fn: (...args: any[]) => void): this;
    removeListener(event: string, fn: (...args: any[]) => void): this;
    removeAllListeners(event?: string): this;
    emit(event: string, ...args: any[]): boolean;
    listeners(event: string): Function[];
    listenerCount(event: string): number;
}
declare var process: SwdProcess;

// ---- Of the web platform ------------------------------------------------------------------------

declare function atob(data: string): string;
declare function btoa(data: string): string;

declare class PerformanceEntry {
    readonly name: string;
    readonly entryType: string;
    readonly startTime: number;
    readonly duration: number;
    toJSON(): object;
}
declare class PerformanceMark extends PerformanceEntry {
    constructor(name: string, options?: { startTime?: number; detail?: any });
    readonly detail: any;
}
declare class PerformanceMeasure extends PerformanceEntry {
    private constructor();
    readonly detail: any;
}
declare class PerformanceObserver {
    constructor(fn: (list: { getEntries(): PerformanceEntry[] }, observer: PerformanceObserver) => void);
    observe(options: { entryTypes?: string[]; type?: string; buffered?: boolean }): void;
    disconnect(): void;
    takeRecords(): PerformanceEntry[];
}
interface SwdPerformance {
    readonly timeOrigin: number;
    now(): number;
    mark(name: string, options?: { startTime?: number; detail?: any }): PerformanceMark;
    measure(name: string, from?: string | { start?: string | number; end?: string | number; duration?: number; detail?: any },
            to?: string): PerformanceMeasure;
    clearMarks(name?: string): void;
    clearMeasures(name?: string): void;
    getEntries(): PerformanceEntry[];
    getEntriesByName(name: string, type?: string): PerformanceEntry[];
    getEntriesByType(type: string): PerformanceEntry[];
    timerify<F extends Function>(fn: F): F;
    toJSON(): object;
}
declare var performance: SwdPerformance;
declare class Blob {
    constructor(parts?: Iterable<string | ArrayBuffer | ArrayBufferView | Blob>, options?: { type?: string; endings?: 'transparent' | 'native' });
    readonly size: number;
    readonly type: string;
    arrayBuffer(): Promise<ArrayBuffer>;
    bytes(): Promise<Uint8Array>;
    text(): Promise<string>;
    slice(start?: number, end?: number, type?: string): Blob;
    stream(): ReadableStream<Uint8Array>;
}

interface SubtleCrypto {
    digest(algorithm: string | { name: string }, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
}
declare var crypto: {
    getRandomValues<T extends ArrayBufferView>(array: T): T;
    randomUUID(): string;
    readonly subtle: SubtleCrypto;
};

interface EventInit {
    bubbles?: boolean;
    cancelable?: boolean;
    composed?: boolean;
}
declare class Event {
    constructor(type: string, init?: EventInit);
    readonly type: string;
    readonly target: EventTarget | null;
    readonly currentTarget: EventTarget | null;
    readonly cancelable: boolean;
    readonly defaultPrevented: boolean;
    readonly timeStamp: number;
    preventDefault(): void;
    stopPropagation(): void;
    stopImmediatePropagation(): void;
}
declare class CustomEvent<T = any> extends Event {
    constructor(type: string, init?: EventInit & { detail?: T });
    readonly detail: T;
}
type SwdListener = ((event: any) => void) | { handleEvent(event: any): void };
declare class EventTarget {
    addEventListener(type: string, fn: SwdListener | null,
        options?: boolean | { once?: boolean; signal?: AbortSignal; capture?: boolean; passive?: boolean }): void;
    removeEventListener(type: string, fn: SwdListener | null, options?: boolean | { capture?: boolean }): void;
    dispatchEvent(event: Event): boolean;
}
declare class AbortSignal extends EventTarget {
    private constructor();
    static abort(reason?: any): AbortSignal;
    static timeout(ms: number): AbortSignal;
    static any(signals: Iterable<AbortSignal>): AbortSignal;
    readonly aborted: boolean;
    readonly reason: any;
    onabort: ((event: Event) => void) | null;
    throwIfAborted(): void;
}
declare class AbortController {
    readonly signal: AbortSignal;
    abort(reason?: any): void;
}
declare class DOMException extends Error {
    constructor(message?: string, name?: string);
    readonly code: number;
}

declare class URLSearchParams {
    constructor(init?: string | URLSearchParams | Record<string, string> | Iterable<[string, string]>);
    readonly size: number;
    append(name: string, value: string): void;
    delete(name: string, value?: string): void;
    get(name: string): string | null;
    getAll(name: string): string[];
    has(name: string, value?: string): boolean;
    set(name: string, value: string): void;
    sort(): void;
    forEach(fn: (value: string, name: string, params: URLSearchParams) => void): void;
    keys(): IterableIterator<string>;
    values(): IterableIterator<string>;
    entries(): IterableIterator<[string, string]>;
    [Symbol.iterator](): IterableIterator<[string, string]>;
    toString(): string;
}
declare class URL {
    constructor(url: string | URL, base?: string | URL);
    static canParse(url: string | URL, base?: string | URL): boolean;
    href: string;
    readonly origin: string;
    protocol: string;
    username: string;
    password: string;
    host: string;
    hostname: string;
    port: string;
    pathname: string;
    search: string;
    hash: string;
    readonly searchParams: URLSearchParams;
    toString(): string;
    toJSON(): string;
}

declare class TextEncoder {
    readonly encoding: 'utf-8';
    encode(text?: string): Uint8Array;
    encodeInto(text: string, to: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    readonly encoding: string;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

// ---- Streams ------------------------------------------------------------------------------------

interface QueuingStrategy<T = any> {
    highWaterMark?: number;
    size?(chunk: T): number;
}
declare class CountQueuingStrategy {
    constructor(init: { highWaterMark: number });
    readonly highWaterMark: number;
}
declare class ByteLengthQueuingStrategy {
    constructor(init: { highWaterMark: number });
    readonly highWaterMark: number;
}
declare class ReadableStreamDefaultController<R = any> {
    private constructor();
    readonly desiredSize: number | null;
    close(): void;
    enqueue(chunk: R): void;
    error(reason?: any): void;
}
declare class ReadableStreamDefaultReader<R = any> {
    constructor(stream: ReadableStream<R>);
    readonly closed: Promise<undefined>;
    read(): Promise<{ done: false; value: R } | { done: true; value: undefined }>;
    cancel(reason?: any): Promise<void>;
    releaseLock(): void;
}
declare class ReadableStream<R = any> {
    constructor(source?: {
        start?(c: ReadableStreamDefaultController<R>): any;
        pull?(c: ReadableStreamDefaultController<R>): any;
        cancel?(reason?: any): any;
    }, strategy?: QueuingStrategy<R>);
    readonly locked: boolean;
    cancel(reason?: any): Promise<void>;
    getReader(): ReadableStreamDefaultReader<R>;
    pipeTo(to: WritableStream<R>, options?: object): Promise<void>;
    pipeThrough<T>(pair: { readable: ReadableStream<T>; writable: WritableStream<R> }, options?: object): ReadableStream<T>;
    tee(): [ReadableStream<R>, ReadableStream<R>];
    [Symbol.asyncIterator](): AsyncIterableIterator<R>;
}
declare class WritableStreamDefaultController {
    private constructor();
    error(reason?: any): void;
}
declare class WritableStreamDefaultWriter<W = any> {
    constructor(stream: WritableStream<W>);
    readonly closed: Promise<undefined>;
    readonly ready: Promise<undefined>;
    readonly desiredSize: number | null;
    write(chunk?: W): Promise<void>;
    close(): Promise<void>;
    abort(reason?: any): Promise<void>;
    releaseLock(): void;
}
declare class WritableStream<W = any> {
    constructor(sink?: {
        start?(c: WritableStreamDefaultController): any;
        write?(chunk: W, c: WritableStreamDefaultController): any;
        close?(): any;
        abort?(reason?: any): any;
    }, strategy?: QueuingStrategy<W>);
    readonly locked: boolean;
    abort(reason?: any): Promise<void>;
    close(): Promise<void>;
    getWriter(): WritableStreamDefaultWriter<W>;
}
declare class TransformStreamDefaultController<O = any> {
    private constructor();
    readonly desiredSize: number | null;
    enqueue(chunk: O): void;
    error(reason?: any): void;
    terminate(): void;
}
declare class TransformStream<I = any, O = any> {
    constructor(transformer?: {
        start?(c: TransformStreamDefaultController<O>): any;
        transform?(chunk: I, c: TransformStreamDefaultController<O>): any;
        flush?(c: TransformStreamDefaultController<O>): any;
    }, writable?: QueuingStrategy<I>, readable?: QueuingStrategy<O>);
    readonly readable: ReadableStream<O>;
    readonly writable: WritableStream<I>;
}
declare class TextEncoderStream {
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<string>;
}
declare class TextDecoderStream {
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    readonly readable: ReadableStream<string>;
    readonly writable: WritableStream<any>;
}
type SwdCompression = 'gzip' | 'deflate' | 'deflate-raw';
declare class CompressionStream {
    constructor(format: SwdCompression);
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<any>;
}
declare class DecompressionStream {
    constructor(format: SwdCompression);
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<any>;
}

// ---- Buffer -------------------------------------------------------------------------------------

type BufferEncoding = 'utf8' | 'utf-8' | 'ucs2' | 'ucs-2' | 'utf16le' | 'utf-16le' | 'latin1' | 'binary' | 'ascii'
    | 'hex' | 'base64' | 'base64url';
interface Buffer extends Uint8Array {
    write(text: string, offset?: number, length?: number, encoding?: BufferEncoding): number;
    toString(encoding?: BufferEncoding, start?: number, end?: number): string;
    toJSON(): { type: 'Buffer'; data: number[] };
    equals(other: Uint8Array): boolean;
    compare(other: Uint8Array): -1 | 0 | 1;
    copy(to: Uint8Array, at?: number, start?: number, end?: number): number;
    readUInt8(offset?: number): number;
    readUInt16LE(offset?: number): number;
    readUInt16BE(offset?: number): number;
    readUInt32LE(offset?: number): number;
    readUInt32BE(offset?: number): number;
    readInt8(offset?: number): number;
    readInt16LE(offset?: number): number;
    readInt16BE(offset?: number): number;
    readInt32LE(offset?: number): number;
    readInt32BE(offset?: number): number;
    readFloatLE(offset?: number): number;
    readFloatBE(offset?: number): number;
    readDoubleLE(offset?: number): number;
    readDoubleBE(offset?: number): number;
    writeUInt8(value: number, offset?: number): number;
    writeUInt16LE(value: number, offset?: number): number;
    writeUInt16BE(value: number, offset?: number): number;
    writeUInt32LE(value: number, offset?: number): number;
    writeUInt32BE(value: number, offset?: number): number;
    writeInt8(value: number, offset?: number): number;
    writeInt16LE(value: number, offset?: number): number;
    writeInt16BE(value: number, offset?: number): number;
    writeInt32LE(value: number, offset?: number): number;
    writeInt32BE(value: number, offset?: number): number;
    writeFloatLE(value: number, offset?: number): number;
    writeFloatBE(value: number, offset?: number): number;
    writeDoubleLE(value: number, offset?: number): number;
    writeDoubleBE(value: number, offset?: number): number;
}
interface BufferConstructor {
    readonly prototype: Buffer;
    from(text: string, encoding?: BufferEncoding): Buffer;
    from(data: ArrayLike<number> | Iterable<number>): Buffer;
    from(data: ArrayBuffer, offset?: number, length?: number): Buffer;
    alloc(size: number, fill?: string | number | Uint8Array, encoding?: BufferEncoding): Buffer;
    allocUnsafe(size: number): Buffer;
    concat(list: readonly Uint8Array[], length?: number): Buffer;
    byteLength(text: string | ArrayBuffer | ArrayBufferView, encoding?: BufferEncoding): number;
    compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
    isBuffer(value: unknown): value is Buffer;
    isEncoding(name: string): boolean;
}
declare var Buffer: BufferConstructor;

// ---- Modules, also as "node:..." where Node has them --------------------------------------------

type SwdBytes = string | ArrayBuffer | ArrayBufferView;
type SwdCallback<T> = (error: Error | null, result: T) => void;

declare module 'assert' {
    type Message = string | Error;
    function assert(value: unknown, message?: Message): asserts value;
    namespace assert {
        function ok(value: unknown, message?: Message): asserts value;
        function equal(actual: unknown, expected: unknown, message?: Message): void;
        function notEqual(actual: unknown, expected: unknown, message?: Message): void;
        function strictEqual<T>(actual: unknown, expected: T, message?: Message): asserts actual is T;
        function notStrictEqual(actual: unknown, expected: unknown, message?: Message): void;
        function deepEqual(actual: unknown, expected: unknown, message?: Message): void;
        function notDeepEqual(actual: unknown, expected: unknown, message?: Message): void;
        function deepStrictEqual<T>(actual: unknown, expected: T, message?: Message): asserts actual is T;
        function notDeepStrictEqual(actual: unknown, expected: unknown, message?: Message): void;
        function fail(message?: Message): never;
        function ifError(value: unknown): void;
        function match(text: string, pattern: RegExp, message?: Message): void;
        function doesNotMatch(text: string, pattern: RegExp, message?: Message): void;
        function throws(fn: () => unknown, expected?: any, message?: Message): void;
        function doesNotThrow(fn: () => unknown, expected?: any, message?: Message): void;
        function rejects(promise: Promise<unknown> | (() => Promise<unknown>), expected?: any, message?: Message): Promise<void>;
        function doesNotReject(promise: Promise<unknown> | (() => Promise<unknown>), expected?: any, message?: Message): Promise<void>;
        class AssertionError extends Error {
            constructor(options: { message?: string; actual?: unknown; expected?: unknown; operator?: string });
            actual: any;
            expected: any;
            operator: string;
            generatedMessage: boolean;
            code: 'ERR_ASSERTION';
        }
        const strict: typeof assert;
    }
    export = assert;
}
declare module 'assert/strict' {
    import assert = require('assert');
    export = assert;
}
declare module 'buffer' {
    export import Blob = globalThis.Blob;
    export import Buffer = globalThis.Buffer;
    export function SlowBuffer(size: number): Buffer;
    export function isUtf8(data: ArrayBuffer | ArrayBufferView): boolean;
    export function isAscii(data: ArrayBuffer | ArrayBufferView): boolean;
    export const kMaxLength: number;
    export const kStringMaxLength: number;
    export const constants: { readonly MAX_LENGTH: number; readonly MAX_STRING_LENGTH: number };
    export const INSPECT_MAX_BYTES: number;
    export function btoa(text: string): string;
    export function atob(text: string): string;
}
declare module 'crypto' {
    type Encoding = BufferEncoding;
    export class Hash {
        update(data: string | ArrayBufferView, encoding?: Encoding): this;
        digest(): Buffer;
        digest(encoding: Encoding): string;
        copy(): Hash;
    }
    export class Hmac {
        update(data: string | ArrayBufferView, encoding?: Encoding): this;
        digest(): Buffer;
        digest(encoding: Encoding): string;
    }
    export function createHash(algorithm: string): Hash;
    export function createHmac(algorithm: string, key: SwdBytes): Hmac;
    export function getHashes(): string[];
    export function getCiphers(): string[];
    export function getCurves(): string[];
    export function hash(algorithm: string, data: string | ArrayBufferView, encoding?: Encoding): string;
    export function hash(algorithm: string, data: string | ArrayBufferView, encoding: 'buffer'): Buffer;
    export function randomBytes(size: number): Buffer;
    export function randomBytes(size: number, done: SwdCallback<Buffer>): void;
    export function pseudoRandomBytes(size: number): Buffer;
    export function pseudoRandomBytes(size: number, done: SwdCallback<Buffer>): void;
    export function randomFillSync<T extends ArrayBuffer | ArrayBufferView>(buffer: T, offset?: number, size?: number): T;
    export function randomFill<T extends ArrayBuffer | ArrayBufferView>(buffer: T, done: SwdCallback<T>): void;
    export function randomFill<T extends ArrayBuffer | ArrayBufferView>(buffer: T, offset: number, done: SwdCallback<T>): void;
    export function randomFill<T extends ArrayBuffer | ArrayBufferView>(buffer: T, offset: number, size: number, done: SwdCallback<T>): void;
    export function randomInt(max: number): number;
    export function randomInt(min: number, max: number): number;
    export function randomInt(min: number, max: number, done: SwdCallback<number>): void;
    export function randomUUID(): string;
    export function getRandomValues<T extends ArrayBufferView>(array: T): T;
    export function timingSafeEqual(a: ArrayBuffer | ArrayBufferView, b: ArrayBuffer | ArrayBufferView): boolean;
    export function pbkdf2Sync(password: SwdBytes, salt: SwdBytes, rounds: number, length: number, digest: string): Buffer;
    export function pbkdf2(password: SwdBytes, salt: SwdBytes, rounds: number, length: number, digest: string, done: SwdCallback<Buffer>): void;
    export const webcrypto: typeof crypto;
    export const subtle: (typeof crypto)['subtle'];
    export const CryptoKey: { readonly prototype: object };
    export const SubtleCrypto: { readonly prototype: (typeof crypto)['subtle'] };
}
declare module 'events' {
    type Name = string | symbol;
    type Listener = (...args: any[]) => void;
    class EventEmitter {
        constructor(options?: { captureRejections?: boolean });
        on(name: Name, fn: Listener): this;
        addListener(name: Name, fn: Listener): this;
        prependListener(name: Name, fn: Listener): this;
        once(name: Name, fn: Listener): this;
        prependOnceListener(name: Name, fn: Listener): this;
        off(name: Name, fn: Listener): this;
        removeListener(name: Name, fn: Listener): this;
        removeAllListeners(name?: Name): this;
        emit(name: Name, ...args: any[]): boolean;
        listeners(name: Name): Function[];
        rawListeners(name: Name): Function[];
        listenerCount(name: Name): number;
        eventNames(): Name[];
        setMaxListeners(n: number): this;
        getMaxListeners(): number;
    }
    namespace EventEmitter {
        function init(this: EventEmitter, options?: object): void;
        function once(emitter: EventEmitter | EventTarget, name: Name, options?: { signal?: AbortSignal }): Promise<any[]>;
        function on(emitter: EventEmitter | EventTarget, name: Name, options?: { signal?: AbortSignal }): AsyncIterableIterator<any[]>;
        const errorMonitor: symbol;
        const captureRejectionSymbol: symbol;
        const usingDomains: boolean;
        class EventEmitterAsyncResource extends EventEmitter {}
        function getEventListeners(emitter: EventEmitter | EventTarget, name: Name): Function[];
        function listenerCount(emitter: EventEmitter, name: Name): number;
        function getMaxListeners(emitter: EventEmitter | EventTarget): number;
        function setMaxListeners(n: number, ...emitters: (EventEmitter | EventTarget)[]): void;
        function addAbortListener(signal: AbortSignal, fn: (event: Event) => void): object;
        var defaultMaxListeners: number;
        export { EventEmitter };
    }
    export = EventEmitter;
}
declare module 'module' {
    export const builtinModules: string[];
    export function isBuiltin(name: string): boolean;
    export function createRequire(file: string | URL): SwdRequire;
}
declare module 'os' {
    export const EOL: string;
    export const devNull: string;
    export function arch(): string;
    export function platform(): string;
    export function type(): string;
    export function release(): string;
    export function version(): string;
    export function machine(): string;
    export function hostname(): string;
    export function homedir(): string;
    export function tmpdir(): string;
    export function endianness(): 'LE' | 'BE';
    export function uptime(): number;
    export function cpus(): object[];
    export function availableParallelism(): number;
    export function loadavg(): number[];
    export function networkInterfaces(): Record<string, object[]>;
    export function totalmem(): number;
    export function freemem(): number;
    export function userInfo(): { username: string; uid: number; gid: number; shell: string | null; homedir: string };
    export const constants: Record<string, Record<string, number>>;
}
interface SwdParsedPath {
    root: string;
    dir: string;
    base: string;
    ext: string;
    name: string;
}
interface SwdPath {
    resolve(...parts: string[]): string;
    normalize(path: string): string;
    isAbsolute(path: string): boolean;
    join(...parts: string[]): string;
    relative(from: string, to: string): string;
    toNamespacedPath(path: string): string;
    dirname(path: string): string;
    basename(path: string, suffix?: string): string;
    extname(path: string): string;
    format(path: Partial<SwdParsedPath>): string;
    parse(path: string): SwdParsedPath;
    readonly sep: string;
    readonly delimiter: string;
    readonly win32: object;
    readonly posix: SwdPath;
}
declare module 'path' {
    const path: SwdPath;
    export = path;
}
declare module 'path/posix' {
    const path: SwdPath;
    export = path;
}
declare module 'perf_hooks' {
    export import performance = globalThis.performance;
    export import PerformanceEntry = globalThis.PerformanceEntry;
    export import PerformanceMark = globalThis.PerformanceMark;
    export import PerformanceMeasure = globalThis.PerformanceMeasure;
    export import PerformanceObserver = globalThis.PerformanceObserver;
    export const constants: Record<string, number>;
}
declare module 'querystring' {
    type Query = Record<string, string | string[] | undefined>;
    export function unescapeBuffer(text: string): Buffer;
    export function unescape(text: string): string;
    export function escape(text: string): string;
    export function stringify(query?: object, separator?: string, equals?: string, options?: { encodeURIComponent?: (text: string) => string }): string;
    export function parse(text: string, separator?: string, equals?: string, options?: { decodeURIComponent?: (text: string) => string; maxKeys?: number }): Query;
    export { stringify as encode, parse as decode };
}
declare module 'stream/web' {
    export import ReadableStream = globalThis.ReadableStream;
    export import ReadableStreamDefaultReader = globalThis.ReadableStreamDefaultReader;
    export import ReadableStreamDefaultController = globalThis.ReadableStreamDefaultController;
    export import WritableStream = globalThis.WritableStream;
    export import WritableStreamDefaultWriter = globalThis.WritableStreamDefaultWriter;
    export import WritableStreamDefaultController = globalThis.WritableStreamDefaultController;
    export import TransformStream = globalThis.TransformStream;
    export import TransformStreamDefaultController = globalThis.TransformStreamDefaultController;
    export import CountQueuingStrategy = globalThis.CountQueuingStrategy;
    export import ByteLengthQueuingStrategy = globalThis.ByteLengthQueuingStrategy;
    export import CompressionStream = globalThis.CompressionStream;
    export import DecompressionStream = globalThis.DecompressionStream;
    export import TextEncoderStream = globalThis.TextEncoderStream;
    export import TextDecoderStream = globalThis.TextDecoderStream;
}
declare module 'string_decoder' {
    export class StringDecoder {
        constructor(encoding?: BufferEncoding);
        readonly encoding: string;
        write(data: Uint8Array): string;
        end(data?: Uint8Array): string;
    }
}
declare module 'timers' {
    export import setTimeout = globalThis.setTimeout;
    export import setInterval = globalThis.setInterval;
    export import setImmediate = globalThis.setImmediate;
    export import clearTimeout = globalThis.clearTimeout;
    export import clearInterval = globalThis.clearInterval;
    export import clearImmediate = globalThis.clearImmediate;
}
declare module 'timers/promises' {
    interface Options {
        ref?: boolean;
        signal?: AbortSignal;
    }
    export function setTimeout<T = void>(ms?: number, value?: T, options?: Options): Promise<T>;
    export function setImmediate<T = void>(value?: T, options?: Options): Promise<T>;
    export function setInterval<T = void>(ms?: number, value?: T, options?: Options): AsyncIterableIterator<T>;
    export const scheduler: { wait(ms: number, options?: Options): Promise<void>; yield(): Promise<void> };
}
declare module 'url' {
    interface Parts {
        protocol?: string | null;
        slashes?: boolean | null;
        auth?: string | null;
        host?: string | null;
        port?: string | null;
        hostname?: string | null;
        hash?: string | null;
        search?: string | null;
        query?: any;
        pathname?: string | null;
        path?: string | null;
        href?: string;
    }
    export class Url {}
    export interface Url extends Parts {}
    export function parse(url: string, query?: boolean, slashes?: boolean): Url;
    export function format(url: string | URL | Parts, options?: { fragment?: boolean; search?: boolean; auth?: boolean; unicode?: boolean }): string;
    export function resolve(from: string, to: string): string;
    export import URL = globalThis.URL;
    export import URLSearchParams = globalThis.URLSearchParams;
    export function domainToASCII(domain: string): string;
    export function fileURLToPath(url: string | URL): string;
    export function pathToFileURL(path: string): URL;
    export function urlToHttpOptions(url: URL): Parts;
}
declare module 'util' {
    interface InspectOptions {
        depth?: number | null;
        colors?: boolean;
        compact?: boolean | number;
        breakLength?: number;
        showHidden?: boolean;
        sorted?: boolean | ((a: string, b: string) => number);
        maxArrayLength?: number | null;
        maxStringLength?: number | null;
    }
    import types_ = require('util/types');
    export function inspect(value: unknown, options?: InspectOptions | boolean): string;
    export function format(...args: any[]): string;
    export function formatWithOptions(options: InspectOptions, ...args: any[]): string;
    export function promisify(fn: (...args: any[]) => any): (...args: any[]) => Promise<any>;
    export function callbackify(fn: (...args: any[]) => Promise<any>): (...args: any[]) => void;
    export function deprecate<F extends Function>(fn: F, message: string, code?: string): F;
    export function inherits(child: Function, parent: Function): void;
    export function isDeepStrictEqual(a: unknown, b: unknown): boolean;
    export { types_ as types };
    export function debuglog(section: string): (...args: any[]) => void;
    export { debuglog as debug };
    export function stripVTControlCharacters(text: string): string;
    export function toUSVString(text: string): string;
    export function aborted(signal: AbortSignal, resource: object): Promise<void>;
    export function styleText(format: string | string[], text: string): string;
    export function isArray(v: unknown): v is any[];
    export function isBoolean(v: unknown): v is boolean;
    export function isNumber(v: unknown): v is number;
    export function isString(v: unknown): v is string;
    export function isSymbol(v: unknown): v is symbol;
    export function isUndefined(v: unknown): v is undefined;
    export function isFunction(v: unknown): v is Function;
    export function isNull(v: unknown): v is null;
    export function isNullOrUndefined(v: unknown): v is null | undefined;
    export function isObject(v: unknown): boolean;
    export function isPrimitive(v: unknown): boolean;
    export function isRegExp(v: unknown): v is RegExp;
    export function isDate(v: unknown): v is Date;
    export function isError(v: unknown): v is Error;
    export function isBuffer(v: unknown): v is Buffer;
    export function _extend(to: object, from: object): object;
    export import TextEncoder = globalThis.TextEncoder;
    export import TextDecoder = globalThis.TextDecoder;
}
declare module 'util/types' {
    type Test = (value: unknown) => boolean;
    export function isDate(v: unknown): v is Date;
    export function isRegExp(v: unknown): v is RegExp;
    export function isMap(v: unknown): v is Map<any, any>;
    export function isSet(v: unknown): v is Set<any>;
    export function isPromise(v: unknown): v is Promise<any>;
    export function isNativeError(v: unknown): v is Error;
    export function isDataView(v: unknown): v is DataView;
    export function isArrayBuffer(v: unknown): v is ArrayBuffer;
    export function isArrayBufferView(v: unknown): v is ArrayBufferView;
    export function isInt8Array(v: unknown): v is Int8Array;
    export function isUint8Array(v: unknown): v is Uint8Array;
    export function isUint8ClampedArray(v: unknown): v is Uint8ClampedArray;
    export function isInt16Array(v: unknown): v is Int16Array;
    export function isUint16Array(v: unknown): v is Uint16Array;
    export function isInt32Array(v: unknown): v is Int32Array;
    export function isUint32Array(v: unknown): v is Uint32Array;
    export function isFloat32Array(v: unknown): v is Float32Array;
    export function isFloat64Array(v: unknown): v is Float64Array;
    export const isNumberObject: Test, isStringObject: Test, isBooleanObject: Test, isSymbolObject: Test, isAnyArrayBuffer: Test,
        isArgumentsObject: Test, isWeakMap: Test, isWeakSet: Test, isMapIterator: Test, isSetIterator: Test, isGeneratorObject: Test,
        isGeneratorFunction: Test, isAsyncFunction: Test, isProxy: Test, isBoxedPrimitive: Test, isTypedArray: Test, isExternal: Test,
        isSharedArrayBuffer: Test, isModuleNamespaceObject: Test, isBigIntObject: Test, isBigInt64Array: Test, isBigUint64Array: Test,
        isCryptoKey: Test, isKeyObject: Test;
}
declare module 'utils' {
    import compression_ = require('utils/compression');
    export { compression_ as compression };
}
declare module 'utils/compression' {
    /** Text or bytes in; packed data is text in base64. */
    type Pack = (data: SwdBytes) => string;
    export const gzip: Pack, gunzip: Pack, deflate: Pack, inflate: Pack, gzipCompress: Pack, gzipDecompress: Pack, zlibCompress: Pack,
        zlibDecompress: Pack;
}
interface SwdZlibOptions {
    level?: number;
    windowBits?: number;
    memLevel?: number;
    strategy?: number;
    chunkSize?: number;
    flush?: number;
    finishFlush?: number;
    maxOutputLength?: number;
    dictionary?: ArrayBuffer | ArrayBufferView;
    params?: Record<number, number | boolean>;
    pledgedSrcSize?: number;
}
type SwdZlibSync = (data: SwdBytes, options?: SwdZlibOptions) => Buffer;
interface SwdZlibAsync {
    (data: SwdBytes, done: SwdCallback<Buffer>): void;
    (data: SwdBytes, options: SwdZlibOptions, done: SwdCallback<Buffer>): void;
}
type SwdZlibPromise = (data: SwdBytes, options?: SwdZlibOptions) => Promise<Buffer>;
interface SwdZlibStream {
    on(event: string, fn: (...args: any[]) => void): this;
    once(event: string, fn: (...args: any[]) => void): this;
    off(event: string, fn: (...args: any[]) => void): this;
    write(data: SwdBytes, encoding?: BufferEncoding, done?: (error?: Error | null) => void): boolean;
    end(data?: SwdBytes): this;
    pipe<T>(to: T): T;
}
type SwdZlibMake = (options?: SwdZlibOptions) => SwdZlibStream;
declare module 'zlib' {
    type Sync = SwdZlibSync;
    type Async = SwdZlibAsync;
    type Make = SwdZlibMake;
    export const promises: Record<'gzip' | 'gunzip' | 'deflate' | 'inflate' | 'deflateRaw' | 'inflateRaw' | 'unzip' | 'zstdCompress'
        | 'zstdDecompress' | 'brotliCompress' | 'brotliDecompress', SwdZlibPromise>;
    export const constants: Record<string, number>;
    export function crc32(data: SwdBytes, value?: number): number;
    export const gzipSync: Sync, gunzipSync: Sync, deflateSync: Sync, inflateSync: Sync, deflateRawSync: Sync, inflateRawSync: Sync,
        unzipSync: Sync, zstdCompressSync: Sync, zstdDecompressSync: Sync, brotliCompressSync: Sync, brotliDecompressSync: Sync;
    export const gzip: Async, gunzip: Async, deflate: Async, inflate: Async, deflateRaw: Async, inflateRaw: Async, unzip: Async,
        zstdCompress: Async, zstdDecompress: Async, brotliCompress: Async, brotliDecompress: Async;
    export const createGzip: Make, createGunzip: Make, createDeflate: Make, createInflate: Make, createDeflateRaw: Make,
        createInflateRaw: Make, createUnzip: Make, createZstdCompress: Make, createZstdDecompress: Make, createBrotliCompress: Make,
        createBrotliDecompress: Make;
    export const Z_NO_FLUSH: number, Z_PARTIAL_FLUSH: number, Z_SYNC_FLUSH: number, Z_FULL_FLUSH: number, Z_FINISH: number,
        Z_BLOCK: number, Z_OK: number, Z_STREAM_END: number, Z_NEED_DICT: number, Z_ERRNO: number, Z_STREAM_ERROR: number,
        Z_DATA_ERROR: number, Z_MEM_ERROR: number, Z_BUF_ERROR: number, Z_VERSION_ERROR: number, Z_NO_COMPRESSION: number,
        Z_BEST_SPEED: number, Z_BEST_COMPRESSION: number, Z_DEFAULT_COMPRESSION: number, Z_FILTERED: number, Z_HUFFMAN_ONLY: number,
        Z_RLE: number, Z_FIXED: number, Z_DEFAULT_STRATEGY: number, Z_MIN_WINDOWBITS: number, Z_MAX_WINDOWBITS: number,
        Z_DEFAULT_WINDOWBITS: number, Z_MIN_CHUNK: number, Z_MAX_CHUNK: number, Z_DEFAULT_CHUNK: number, Z_MIN_MEMLEVEL: number,
        Z_MAX_MEMLEVEL: number, Z_DEFAULT_MEMLEVEL: number, Z_MIN_LEVEL: number, Z_MAX_LEVEL: number;
}
declare module 'zstd' {
    export const promises: Record<'compress' | 'decompress', SwdZlibPromise>;
    export const constants: Record<string, number>;
    export const compressSync: SwdZlibSync, decompressSync: SwdZlibSync;
    export const compress: SwdZlibAsync, decompress: SwdZlibAsync;
    export const createZstdCompress: SwdZlibMake, createZstdDecompress: SwdZlibMake, createCompress: SwdZlibMake,
        createDecompress: SwdZlibMake;
}
declare module 'node:assert' {
    import m = require('assert');
    export = m;
}
declare module 'node:assert/strict' {
    import m = require('assert/strict');
    export = m;
}
declare module 'node:buffer' {
    export * from 'buffer';
}
declare module 'node:crypto' {
    export * from 'crypto';
}
declare module 'node:events' {
    import m = require('events');
    export = m;
}
declare module 'node:module' {
    export * from 'module';
}
declare module 'node:os' {
    export * from 'os';
}
declare module 'node:path' {
    import m = require('path');
    export = m;
}
declare module 'node:path/posix' {
    import m = require('path/posix');
    export = m;
}
declare module 'node:perf_hooks' {
    export * from 'perf_hooks';
}
declare module 'node:querystring' {
    export * from 'querystring';
}
declare module 'node:stream/web' {
    export * from 'stream/web';
}
declare module 'node:string_decoder' {
    export * from 'string_decoder';
}
declare module 'node:timers' {
    export * from 'timers';
}
declare module 'node:timers/promises' {
    export * from 'timers/promises';
}
declare module 'node:url' {
    export * from 'url';
}
declare module 'node:util' {
    export * from 'util';
}
declare module 'node:util/types' {
    export * from 'util/types';
}
declare module 'node:zlib' {
    export * from 'zlib';
}

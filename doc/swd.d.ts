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

declare var performance: { now(): number; readonly timeOrigin: number };

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

declare module 'assert';
declare module 'assert/strict';
declare module 'buffer';
declare module 'crypto';
declare module 'events';
declare module 'module';
declare module 'os';
declare module 'path';
declare module 'path/posix';
declare module 'querystring';
declare module 'stream/web';
declare module 'string_decoder';
declare module 'timers';
declare module 'timers/promises';
declare module 'url';
declare module 'util';
declare module 'util/types';
declare module 'utils';
declare module 'utils/compression';
declare module 'zlib';
declare module 'zstd';
declare module 'node:*';

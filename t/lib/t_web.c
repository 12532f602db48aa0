/* Globals of the web platform: base64, randomness, structuredClone, events, abort signals. The
 * expected texts are Node's own. */
#include "lib/cases.h"

#include <stddef.h>

static const struct script_case cases[] = {
    {"var L = console.log;\nL(btoa('hello'), atob('aGVsbG8='), atob(' aGVs bG8 '), "
     "btoa('\\xff\\x00\303\251'), atob(btoa('\\xff\\x80')) === '\\xff\\x80'); try { "
     "btoa('\342\202\254') } catch(e) { L(e.name, e.code, e instanceof DOMException, e "
     "instanceof Error) } try { atob('a') } catch(e) { L(e.name) }\n;undefined",
     "aGVsbG8= hello hello /wDp true\nInvalidCharacterError 5 true "
     "true\nInvalidCharacterError\n",
     ""},
    {"var L = console.log;\nL(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{"
     "3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), "
     "crypto.getRandomValues(new Uint8Array(4)).length, typeof performance.now(), "
     "performance.timeOrigin > 1e12, global === globalThis);\n;undefined",
     "true 4 number true true\n", ""},
    {"var L = console.log;\nvar o={a:1,d:new Date(5),r:/x/g,m:new Map([[1,{z:1}]]),s:new "
     "Set([1]),n:[1,,3],e:new TypeError('t'),u:new Uint8Array([1,2"
     "]),nan:NaN,un:undefined}; o.self=o; var c=structuredClone(o);\nL(c.self===c, "
     "c.d.getTime(), c.r, c.m, c.s, c.n, c.e.message, c.e instanceof TypeError, c.u, "
     "c.nan, 'un' in c, c.m !== o.m);\ntry { structuredClone(function(){}) } catch(e) { "
     "L(e.name, e.code) } try { structuredClone({a:Symbol('x')}) } catch(e) { "
     "L(e.message) }\n;undefined",
     "true 5 /x/g Map(1) { 1 => { z: 1 } } Set(1) { 1 } [ 1, <1 empty item>, 3 ] t true "
     "Uint8Array(2) [ 1, 2 ] NaN true true\nDataCloneError 25\nSymbol(x) could not be "
     "cloned.\n",
     ""},
    {"var L = console.log;\nvar t=new EventTarget(); t.addEventLis"
     "tener('x',function(e){L('got',e.type,this===t,e.target===t)}); "
     "t.addEventListener('x',{handleEvent:function(){L('obj')}},{once:true}); "
     "L(t.dispatchEvent(new Event('x')), t.dispatchEvent(new Event"
     "('x',{cancelable:true})));\n;undefined",
     "got x true true\nobj\ngot x true true\ntrue true\n", ""},
    {"var L = console.log;\nvar ac=new AbortController(); ac.signa"
     "l.addEventListener('abort',function(){L('aborted',ac.signal.reason.name)}); "
     "ac.signal.onabort=function(){L('onabort')}; ac.abort(); ac.abort(); "
     "L(ac.signal.aborted); try { ac.signal.throwIfAborted() } catch(e) { L(e.name, "
     "e.message, e.code) }\nL(AbortSignal.abort('r').reason, Abort"
     "Signal.any([AbortSignal.abort(3)]).reason); var ts=AbortSignal.timeout(5); "
     "ts.addEventListener('abort',function(){L('timeout',ts.reason.name)}); "
     "setTimeout(function(){},30);\n;undefined",
     "aborted AbortError\nonabort\ntrue\nAbortError This operation was aborted 20"
     "\nr 3\ntimeout TimeoutError\n",
     ""},
    {"var L = console.log;\nL(new TextDecoder().decode(new TextEnc"
     "oder().encode('\303\251\360\237\230\200')), new TextEncoder("
     ").encode('\303\251'));\n;undefined",
     "\303\251\360\237\230\200 Uint8Array(2) [ 195, 169 ]\n", ""},
    {"var L = console.log;\nL(new CustomEvent('c',{detail:5}).detail, "
     "Object.prototype.toString.call(new AbortController()), String(new "
     "DOMException('m','AbortError')));\n;undefined",
     "5 [object AbortController] AbortError: m\n", ""},
    {"crypto.subtle.encrypt({name: 'AES-GCM', iv: new Uint8Array(12)}, null, new Uint8Array(1))\n"
     ".catch(function (e) { console.log(e.name, e instanceof DOMException); });\n"
     "crypto.subtle.generateKey({name: 'RSA-PSS'}, true, ['sign'])\n"
     ".catch(function (e) { console.log(e.name, e.message.slice(0, 36)); });\n"
     "crypto.subtle.importKey('raw', new Uint8Array(2), {name: 'HMAC', hash: 'SHA-1'}, false,\n"
     "['sign']).then(function (k) { return crypto.subtle.exportKey('raw', k); })\n"
     ".catch(function (e) { console.log(e.name); });\n;undefined",
     "NotSupportedError true\nNotSupportedError the algorithm RSA-PSS is not support\n"
     "InvalidAccessError\n",
     ""},
    {"var u = {}; for (var i = 0; i < 100; i++) u[crypto.randomUUID()] = 1; Object.keys(u).length",
     "", "100"},
    {"process.on('uncaughtException', function (e) { console.log('uncaught', e.message); });\n"
     "var t = new EventTarget(); t.addEventListener('x', function () { throw new Error('l'); });\n"
     "t.addEventListener('x', function () { console.log('second'); }); t.dispatchEvent(new "
     "Event('x'));\n"
     "console.log('after'); undefined",
     "second\nafter\nuncaught l\n", ""},
};

int main(void)
{
    return run_cases("lib/web", cases, (int)(sizeof(cases) / sizeof(*cases)));
}

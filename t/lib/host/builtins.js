// What programs rely on and engines of ES5 have otherwise: found by t/fuzz/differ.
const people = Array.from({ length: 300 }, (_, i) => ({ k: i * 7 % 4, i }));
const stable = (a) => a.every((p, i) => !i || a[i - 1].k < p.k || a[i - 1].k === p.k && a[i - 1].i < p.i);
console.log(stable(people.slice().sort((a, b) => a.k - b.k)), stable(people.toSorted((a, b) => a.k - b.k)));
const asked = [];
[3, 1, 2, 5, 4].sort((a, b) => { asked.push(`${a}${b}`); return a - b; });
console.log(asked.join());
let seed = 7;
const rnd = () => (seed = seed * 1103515245 + 12345 & 0x7fffffff);
for (const n of [0, 1, 2, 63, 64, 65, 200, 3000]) {
    const a = Array.from({ length: n }, rnd), runs = a.map((x, i) => i % 50 < 25 ? i : x);
    for (const l of [a, runs, a.slice().reverse()]) {
        const s = l.slice().sort((x, y) => x - y), t = l.slice().sort((x, y) => y - x);
        if (!s.every((x, i) => !i || s[i - 1] <= x) || !t.every((x, i) => !i || t[i - 1] >= x) || s.length !== n)
            console.log('not sorted', n);
    }
}
console.log([3, undefined, , 1, , 'b'].sort(), [5, 25, 100].sort(), [1, 2, 3].sort(() => NaN), [1, 2].sort((a, b) => a < b));
console.log(Array.prototype.sort.call({ length: 4, 0: 'z', 3: 'a' }), ['\u{1F600}', '\uffff', 'a'].sort().map(s => s.length));
for (const by of [2, null, {}]) try { [].sort(by); } catch (e) { console.log(e.name); }
const deep = [3, 2, 1];
try { deep.sort(() => { throw new RangeError('x'); }); } catch (e) { console.log(e.name, deep); }
console.log(new Float64Array([3, NaN, -0, 0, 1]).sort(), new Uint8Array([3, 2, 1]).toSorted(() => 0));

class List extends Array { sum() { return this.reduce((a, b) => a + b, 0); } }
const list = List.of(1, 2, 3);
console.log(list.map(x => x * 2).sum(), list.filter(x => x > 1).sum(), list.slice(1).sum(), list.concat([4]).sum(),
    list.splice(0, 2).sum(), list.constructor === List);
class Plain extends Array { static get [Symbol.species]() { return Array; } }
console.log(Plain.of(1).map(x => x) instanceof Plain, [].concat(Plain.of(1)) instanceof Plain, new List(3).map(x => x).length);
const odd = [1, 2];
odd.constructor = { [Symbol.species]: null };
console.log(odd.map(x => x));
odd.constructor = 5;
try { odd.slice(); } catch (e) { console.log(e.name); }
console.log([1, , ].slice(), new Array(4).slice(1), [, , ].slice().length, [1, 2, , ].slice(-1));

console.log(String(new Uint8Array([1, 2])), `${new Float64Array(2)}`, new Int8Array([-1]) + '');
console.log(Uint8Array.prototype.toString === Array.prototype.toString, 'a\ud83d'.big().length);
console.log(JSON.stringify(['\ud83d', '\ude00', '\ud83d\ude00', '\ude00\ud83d', { '\udfff': 1 }, '\ud83d\ud83d\ude00x']));
console.log(Date.UTC(2024), Date.UTC(99), Date.UTC(), new Date('2024-01-01T10:30').getHours(), Date.parse('2024-01-01'));
console.log(['2024-13-01', '2024-00-01', '2024-01-32', '2024-01-01T24:00:00Z', '2024-01-01T24:00:01Z', '2024-01-01T10:60Z',
    '-000000-01-01T00:00:00Z', '2024-02-30T00:00:00Z', '2024-01-01T10:00:00+24:00'].map(s => Date.parse(s)));
console.log(['2024/03/04', '3/4/2024', '03/04/24 10:11', '2024/13/01', '3/32/2024', '2024/3/4 5:06:07 PM', '5/6/70']
    .map(s => new Date(s)).map(d => isNaN(d) ? null : [d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes()].join()));
const bytes = new Uint8Array(3);
for (const f of [() => bytes.set([1], -1), () => bytes.set([1, 2], 2), () => bytes.set([1], 9), () => bytes.fill(Symbol(), 3)])
    try { f(); } catch (e) { console.log(e.name, bytes.join()); }

// Arrays that contain themselves.
const ring = [1], pair = [ring];
ring.push(ring, 2);
console.log(String(ring), ring.join('-'), ring.toLocaleString(), `${[ring, ring, [ring]]}`);
ring.push(pair);
console.log(String(ring), pair.join(';'), [pair, pair] + '');
const like = { length: 2, 0: 'a', join: Array.prototype.join, toString: Array.prototype.toString };
like[1] = like;
console.log(like.join());
let times = 0;
const bad = [{ toString() { if (times++ === 0) throw new Error('x'); return 'ok'; } }];
for (let i = 0; i < 2; i++) try { console.log(String(bad)); } catch (e) { console.log(e.message); }
const far = [1, { toString() { return [...function* () { yield String(far); }()][0] + '!'; } }];
console.log(String(far));

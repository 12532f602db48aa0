const { of, from, interval, Subject, merge, firstValueFrom } = require('rxjs');
const { map, filter, scan, take, mergeMap, delay, toArray, debounceTime } = require('rxjs/operators');
of(1, 2, 3, 4).pipe(filter((x) => x % 2 === 0), map((x) => x * x), scan((a, b) => a + b, 0)).subscribe((v) => console.log('sync', v));
const s = new Subject(); s.subscribe({ next: (v) => console.log('subject', v), complete: () => console.log('done') });
s.next(1); s.complete();
interval(5).pipe(take(3), toArray()).subscribe((a) => console.log('interval', a));
from(Promise.resolve(7)).pipe(mergeMap((x) => of(x, x + 1).pipe(delay(1)))).subscribe((v) => console.log('async', v));
firstValueFrom(merge(of('first'), of('second'))).then((v) => console.log(v));

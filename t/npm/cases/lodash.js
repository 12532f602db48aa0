const _ = require('lodash');
console.log(_.chunk([1, 2, 3, 4, 5], 2), _.groupBy([1.3, 2.1, 2.4], Math.floor));
console.log(_.merge({ a: { b: 1 } }, { a: { c: [2] } }), _.get({ a: [{ b: 3 }] }, 'a[0].b'));
console.log(_.debounce.name, _.camelCase('foo-bar baz'), _.template('hi <%= n %>')({ n: 'x' }));
const o = { d: new Date(0), m: new Map([[1, { x: 1 }]]), s: new Set([1]), r: /x/g };
const c = _.cloneDeep(o);
console.log(_.isEqual(o, c), c.m !== o.m, _.sortBy([{ a: 2 }, { a: 1 }], 'a'), _.uniq([1, 1, 2]));
console.log(_.isNative(Map), _.isPlainObject({}), _.isPlainObject(new (class {})()), _.range(5));
console.log(_.chain([3, 1, 2]).sort().map((x) => x * 2).value(), _.words('Aé b'), _.deburr('déjà'));

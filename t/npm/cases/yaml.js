const YAML = require('yaml');
const doc = YAML.parse('a: 1\nb:\n  - x\n  - {c: true, d: null}\ne: |\n  text\n  more\nf: &k [1, 2.5]\ng: *k\n');
console.log(doc, YAML.stringify({ a: [1, { b: 'c: d' }], n: null, s: 'multi\nline' }));
try { YAML.parse('a: [1') } catch (e) { console.log(e.name, e.message) }

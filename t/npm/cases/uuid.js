const { v1, v3, v4, v5, validate, version, parse, stringify } = require('uuid');
console.log(v5('hello', v5.URL), v3('hello', v3.DNS), validate(v4()), version(v4()), version(v1()));
console.log(stringify(parse('6ba7b810-9dad-11d1-80b4-00c04fd430c8')), validate('x'));

const Ajv = require('ajv');
const ajv = new Ajv({ allErrors: true });
const check = ajv.compile({
    type: 'object', required: ['id', 'tags'], additionalProperties: false,
    properties: { id: { type: 'integer', minimum: 1 }, tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, uniqueItems: true } },
});
console.log(check({ id: 1, tags: ['a', 'b'] }), check({ id: 0, tags: ['A', 'A'], x: 1 }));
console.log(check.errors.map((e) => e.instancePath + ' ' + e.message));
console.log(ajv.errorsText(check.errors));

const { z } = require('zod');
const User = z.object({ name: z.string().min(2), age: z.number().int().positive().optional(), tags: z.array(z.enum(['a', 'b'])).default([]), at: z.coerce.date() });
console.log(User.parse({ name: 'Ann', at: 0 }));
const r = User.safeParse({ name: 'A', age: -1, tags: ['z'], at: 'x' });
console.log(r.success, r.error.issues.map((i) => [i.path.join('.'), i.code, i.message]));
console.log(z.union([z.string(), z.number()]).transform((v) => String(v).length).parse(12345), z.string().email().safeParse('a@b.co').success);
z.object({ a: z.string().refine(async (s) => s === 'x') }).parseAsync({ a: 'x' }).then((v) => console.log('async', v));

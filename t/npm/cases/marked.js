const { marked } = require('marked');
console.log(marked.parse('# Hi *there*\n\n- a\n- b `code`\n\n> quote\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```js\nlet x = 1 < 2;\n```\n[l](http://x.y "t") ~~del~~', { mangle: false, headerIds: false }));

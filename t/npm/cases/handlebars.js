const Handlebars = require('handlebars');
Handlebars.registerHelper('up', (s) => s.toUpperCase());
const t = Handlebars.compile('{{#each items}}{{@index}}:{{up name}} {{#if ok}}yes{{else}}no{{/if}};{{/each}}{{{raw}}} {{esc}}');
console.log(t({ items: [{ name: 'a', ok: true }, { name: 'b' }], raw: '<b>', esc: '<i>"' }));

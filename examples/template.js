/* A template language: {{name}}, {{#list}}...{{/list}}, {{^empty}}...{{/empty}}, dotted names, HTML
 * escaped unless {{{raw}}}.
 *
 *   swctl run examples/template.js
 *   swctl run examples/template.js 'Hello {{who}}!' '{"who":"world"}' */

var TAG = /\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{([#^\/]?)\s*([\w.]+)\s*\}\}/g;
var ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function parse(template) {
    var root = { children: [] }, stack = [root], last = 0, m, node;
    TAG.lastIndex = 0;
    while ((m = TAG.exec(template)) !== null) {
        stack[stack.length - 1].children.push(template.slice(last, m.index));
        last = m.index + m[0].length;
        if (m[2] === '/') {
            node = stack.pop();
            if (node.name !== m[3]) {
                throw new Error('{{/' + m[3] + '}} closes ' + (node.name || 'nothing'));
            }
            continue;
        }
        node = { name: m[1] || m[3], kind: m[1] ? 'raw' : m[2] || 'text', children: [] };
        stack[stack.length - 1].children.push(node);
        if (node.kind === '#' || node.kind === '^') {
            stack.push(node);
        }
    }
    if (stack.length > 1) {
        throw new Error('{{#' + stack.pop().name + '}} is never closed');
    }
    root.children.push(template.slice(last));
    return root;
}

function lookUp(scopes, name) {
    var path = name.split('.'), i, value;
    if (name === '.') {
        return scopes[0];
    }
    for (i = 0; i < scopes.length; i++) {
        if (scopes[i] !== null && typeof scopes[i] === 'object' && path[0] in scopes[i]) {
            value = path.reduce(function (v, key) {
                return v === undefined || v === null ? v : v[key];
            }, scopes[i]);
            return value;
        }
    }
    return undefined;
}

function render(node, scopes) {
    return node.children.map(function (child) {
        var value, list;
        if (typeof child === 'string') {
            return child;
        }
        value = lookUp(scopes, child.name);
        if (child.kind === 'raw') {
            return String(value);
        }
        if (child.kind === 'text') {
            return value === undefined || value === null ? '' :
                String(value).replace(/[&<>"]/g, function (c) { return ESCAPES[c]; });
        }
        list = Array.isArray(value) ? value : value ? [value] : [];
        if (child.kind === '^') {
            return list.length ? '' : render(child, scopes);
        }
        return list.map(function (item) {
            return render(child, [item].concat(scopes));
        }).join('');
    }).join('');
}

var template = runner.args.length ? String(runner.args[0]) :
    'Dear {{customer.name}},\n{{#items}}  {{count}} x {{title}}\n{{/items}}' +
    '{{^items}}  nothing this time\n{{/items}}Yours, {{{sign}}}';
var data = runner.args.length > 1 ? JSON.parse(runner.args[1]) : {
    customer: { name: 'Tom & Jerry' },
    items: [{ count: 2, title: 'cheese <mild>' }, { count: 1, title: 'mouse trap' }],
    sign: 'The "Shop"',
    who: 'world'
};

console.log(render(parse(template), [data]));

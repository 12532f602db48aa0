// console.table(): the text of the table. N.inspect is the inspector.
(function (N) {
    'use strict';
    var inspect = N.inspect, keysOf = Object.keys, isArray = Array.isArray;

    // Columns on screen: wide characters count two, combining ones none.
    function width(text) {
        var n = 0, i, c;
        for (i = 0; i < text.length; i++) {
            c = text.charCodeAt(i);
            if (c >= 0x300 && c < 0x370 || c >= 0xdc00 && c < 0xe000)
                continue;
            n += c >= 0x1100 && c < 0x1160 || c >= 0x2e80 && c < 0xa4d0 || c >= 0xac00 && c < 0xd7a4 ||
                c >= 0xd800 && c < 0xdc00 || c >= 0xff00 && c < 0xff61 ? 2 : 1;
        }
        return n;
    }

    function repeat(text, n) {
        var out = '';
        while (n-- > 0)
            out += text;
        return out;
    }

    function row(cells, widths) {
        var out = '\u2502', i;
        for (i = 0; i < cells.length; i++) {
            out += ' ' + cells[i] + repeat(' ', widths[i] - 1 - width(cells[i]));
            out += '\u2502';
        }
        return out;
    }

    function rule(widths, left, middle, right) {
        var out = left, i;
        for (i = 0; i < widths.length; i++)
            out += (i ? middle : '') + repeat('\u2500', widths[i]);
        return out + right;
    }

    function render(head, rows) {
        var widths = [], out, i, j;
        for (i = 0; i < head.length; i++) {
            widths[i] = width(head[i]) + 2;
            for (j = 0; j < rows.length; j++)
                widths[i] = Math.max(widths[i], width(rows[j][i]) + 2);
        }
        out = rule(widths, '\u250c', '\u252c', '\u2510') + '\n' + row(head, widths) + '\n' +
            rule(widths, '\u251c', '\u253c', '\u2524') + '\n';
        for (j = 0; j < rows.length; j++)
            out += row(rows[j], widths) + '\n';
        return out + rule(widths, '\u2514', '\u2534', '\u2518');
    }

    function own(object, key) {
        return Object.prototype.hasOwnProperty.call(object, key);
    }

    return function (data, wanted) {
        var index = keysOf(data), columns = isArray(wanted) ? wanted.slice() : [], values = false;
        var rows = [], head, i, j, item, keys, cells;
        if (index.length > 1000)
            index.length = 1000;
        if (!isArray(wanted)) {
            for (i = 0; i < index.length; i++) {
                item = data[index[i]];
                keys = item !== null && typeof item === 'object' ? keysOf(item) : [];
                for (j = 0; j < keys.length && columns.length < 100; j++)
                    if (columns.indexOf(keys[j]) < 0)
                        columns.push(keys[j]);
            }
        }
        for (i = 0; i < index.length; i++) {
            item = data[index[i]];
            if (item === null || typeof item !== 'object')
                values = true;
        }
        for (i = 0; i < index.length; i++) {
            item = data[index[i]];
            cells = [index[i]];
            for (j = 0; j < columns.length; j++)
                cells.push(item !== null && typeof item === 'object' && own(item, columns[j])
                    ? inspect(item[columns[j]]) : '');
            if (values)
                cells.push(item === null || typeof item !== 'object' ? inspect(item) : '');
            rows.push(cells);
        }
        head = ['(index)'].concat(columns.map(String));
        if (values)
            head.push('Values');
        return render(head, rows);
    };
})

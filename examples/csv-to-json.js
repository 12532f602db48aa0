/* CSV to JSON: quoted fields, doubled quotes, commas and line breaks inside quotes, numbers.
 *
 *   swctl run examples/csv-to-json.js "$(cat people.csv)" >people.json
 *
 * The first line names the fields. A row that is too short or too long is an error with its line. */

var SAMPLE = 'id,name,city,score\n' +
    '1,"Moa, Anahera",Ōtautahi,92.5\n' +
    '2,"Li ""Lee"" Wei",上海,88\n' +
    '3,"two\nlines",,0\n';

function parseCsv(text) {
    var rows = [], row = [], field = '', quoted = false, line = 1, i, c;
    function endField() {
        row.push(field);
        field = '';
    }
    function endRow() {
        endField();
        rows.push({ line: line, fields: row });
        row = [];
    }
    for (i = 0; i < text.length; i++) {
        c = text.charAt(i);
        if (quoted) {
            if (c !== '"') {
                field += c;
            } else if (text.charAt(i + 1) === '"') {
                field += c;
                i++;
            } else {
                quoted = false;
            }
        } else if (c === '"' && field === '') {
            quoted = true;
        } else if (c === ',') {
            endField();
        } else if (c === '\n') {
            endRow();
        } else if (c !== '\r') {
            field += c;
        }
        line += c === '\n' ? 1 : 0;
    }
    if (quoted) {
        throw new Error('line ' + line + ': a quote is never closed');
    }
    if (field !== '' || row.length) {
        endRow();
    }
    return rows;
}

function value(text) {
    return text === '' ? null : isNaN(Number(text)) ? text : Number(text);
}

function toObjects(rows) {
    var names = rows[0].fields;
    return rows.slice(1).map(function (row) {
        var object = {};
        if (row.fields.length !== names.length) {
            throw new Error('line ' + row.line + ': ' + row.fields.length + ' fields, not ' +
                names.length);
        }
        names.forEach(function (name, i) {
            object[name] = value(row.fields[i]);
        });
        return object;
    });
}

runner.result(toObjects(parseCsv(runner.args.length ? String(runner.args[0]) : SAMPLE)));

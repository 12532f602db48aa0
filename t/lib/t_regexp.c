/* RegExp as scripts of the library see it: the helpers that bring it are loaded at first touch, and
 * no order of touching may show. */
#include "base/check.h"
#include "lib/cases.h"

static const struct script_case regexp_cases[] = {
    /* the method is taken before the RegExp is made */
    {"'a-b'.replace(new RegExp('(?<x>a)-(?<y>b)'), '$<y>-$<x>')", "", "\"b-a\""},
    {"'x1y2'.split(new RegExp('\\\\d', 'y'))", "", "[\"x\",\"y\",\"\"]"},
    {"'a1b'.replace($$regexp('(?<=a)\\\\d', ''), function (m) { return '<' + m + '>'; })", "",
     "\"a<1>b\""},
    {"var r = 'aXbX'.replace, s = 'a,b'.split; [r.call('aXbX', RegExp('X', 'g'), '-'),\n"
     "s.call('a1b', RegExp('1'))]",
     "", "[\"a-b-\",[\"a\",\"b\"]]"},
    {"'abc'.match('b').index + 'abc'.search('c')", "", "3"},
    /* texts need none of it */
    {"['a,b'.split(','), 'a-b'.replace('-', '$&$&'), 'ab'.split(''), 'a'.split()]", "",
     "[[\"a\",\"b\"],\"a--b\",[\"a\",\"b\"],[\"a\"]]"},
    {"'a-b'.replace('-', function (m, at) { return at; })", "", "\"a1b\""},
    {"[''.split.name, ''.split.length, ''.replace.name, ''.replace.length]", "",
     "[\"split\",2,\"replace\",2]"},
    {"RegExp('a', 'y') instanceof RegExp && RegExp.name", "", "\"RegExp\""},
    {"var e; try { RegExp('('); } catch (x) { e = x; } e.name + ': ' + e.message", "",
     "\"SyntaxError: Invalid regular expression: /(/: Unterminated group\""},
    {"try { String.prototype.split.call(null, ','); } catch (e) { e.name; }", "", "\"TypeError\""},
};

int main(void)
{
    return run_cases("lib/regexp", regexp_cases, (int)SWD_ARRAY_LEN(regexp_cases));
}

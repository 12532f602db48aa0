// Writes re_unidata.c: Unicode sets, property names and case equivalences as numbers.
//
//     node swd/ts/re_unidata.gen.js > swd/ts/re_unidata.c
//
// The facts come from the ICU inside the node that runs this (process.versions.unicode is written
// into the output). Run it again when a newer Unicode is wanted; nothing else depends on node.
// The aliases are those of ECMA-262's tables of properties and values (short name after the colon).
'use strict';

const GC = `Cased_Letter:LC Close_Punctuation:Pe Connector_Punctuation:Pc Control:Cc:cntrl
Currency_Symbol:Sc Dash_Punctuation:Pd Decimal_Number:Nd:digit Enclosing_Mark:Me
Final_Punctuation:Pf Format:Cf Initial_Punctuation:Pi Letter:L Letter_Number:Nl Line_Separator:Zl
Lowercase_Letter:Ll Mark:M:Combining_Mark Math_Symbol:Sm Modifier_Letter:Lm Modifier_Symbol:Sk
Nonspacing_Mark:Mn Number:N Open_Punctuation:Ps Other:C Other_Letter:Lo Other_Number:No
Other_Punctuation:Po Other_Symbol:So Paragraph_Separator:Zp Private_Use:Co Punctuation:P:punct
Separator:Z Space_Separator:Zs Spacing_Mark:Mc Surrogate:Cs Symbol:S Titlecase_Letter:Lt
Unassigned:Cn Uppercase_Letter:Lu`;
const BINARY = `ASCII ASCII_Hex_Digit:AHex Alphabetic:Alpha Any Assigned Bidi_Control:Bidi_C
Bidi_Mirrored:Bidi_M Case_Ignorable:CI Cased Changes_When_Casefolded:CWCF
Changes_When_Casemapped:CWCM Changes_When_Lowercased:CWL Changes_When_NFKC_Casefolded:CWKCF
Changes_When_Titlecased:CWT Changes_When_Uppercased:CWU Dash Default_Ignorable_Code_Point:DI
Deprecated:Dep Diacritic:Dia Emoji Emoji_Component:EComp Emoji_Modifier:EMod
Emoji_Modifier_Base:EBase Emoji_Presentation:EPres Extended_Pictographic:ExtPict Extender:Ext
Grapheme_Base:Gr_Base Grapheme_Extend:Gr_Ext Hex_Digit:Hex IDS_Binary_Operator:IDSB
IDS_Trinary_Operator:IDST ID_Continue:IDC ID_Start:IDS Ideographic:Ideo Join_Control:Join_C
Logical_Order_Exception:LOE Lowercase:Lower Math Noncharacter_Code_Point:NChar
Pattern_Syntax:Pat_Syn Pattern_White_Space:Pat_WS Quotation_Mark:QMark Radical
Regional_Indicator:RI Sentence_Terminal:STerm Soft_Dotted:SD Terminal_Punctuation:Term
Unified_Ideograph:UIdeo Uppercase:Upper Variation_Selector:VS White_Space:space XID_Continue:XIDC
XID_Start:XIDS`;
const SCRIPTS = `Adlam:Adlm Ahom:Ahom Anatolian_Hieroglyphs:Hluw Arabic:Arab Armenian:Armn
Avestan:Avst Balinese:Bali Bamum:Bamu Bassa_Vah:Bass Batak:Batk Bengali:Beng Beria_Erfe:Berf
Bhaiksuki:Bhks Bopomofo:Bopo Brahmi:Brah Braille:Brai Buginese:Bugi Buhid:Buhd
Canadian_Aboriginal:Cans Carian:Cari Caucasian_Albanian:Aghb Chakma:Cakm Cham:Cham Cherokee:Cher
Chorasmian:Chrs Common:Zyyy Coptic:Copt:Qaac Cuneiform:Xsux Cypriot:Cprt Cypro_Minoan:Cpmn
Cyrillic:Cyrl Deseret:Dsrt Devanagari:Deva Dives_Akuru:Diak Dogra:Dogr Duployan:Dupl
Egyptian_Hieroglyphs:Egyp Elbasan:Elba Elymaic:Elym Ethiopic:Ethi Garay:Gara Georgian:Geor
Glagolitic:Glag Gothic:Goth Grantha:Gran Greek:Grek Gujarati:Gujr Gunjala_Gondi:Gong Gurmukhi:Guru
Gurung_Khema:Gukh Han:Hani Hangul:Hang Hanifi_Rohingya:Rohg Hanunoo:Hano Hatran:Hatr Hebrew:Hebr
Hiragana:Hira Imperial_Aramaic:Armi Inherited:Zinh:Qaai Inscriptional_Pahlavi:Phli
Inscriptional_Parthian:Prti Javanese:Java Kaithi:Kthi Kannada:Knda Katakana:Kana Kawi:Kawi
Kayah_Li:Kali Kharoshthi:Khar Khitan_Small_Script:Kits Khmer:Khmr Khojki:Khoj Khudawadi:Sind
Kirat_Rai:Krai Lao:Laoo Latin:Latn Lepcha:Lepc Limbu:Limb Linear_A:Lina Linear_B:Linb Lisu:Lisu
Lycian:Lyci Lydian:Lydi Mahajani:Mahj Makasar:Maka Malayalam:Mlym Mandaic:Mand Manichaean:Mani
Marchen:Marc Masaram_Gondi:Gonm Medefaidrin:Medf Meetei_Mayek:Mtei Mende_Kikakui:Mend
Meroitic_Cursive:Merc Meroitic_Hieroglyphs:Mero Miao:Plrd Modi:Modi Mongolian:Mong Mro:Mroo
Multani:Mult Myanmar:Mymr Nabataean:Nbat Nag_Mundari:Nagm Nandinagari:Nand New_Tai_Lue:Talu
Newa:Newa Nko:Nkoo Nushu:Nshu Nyiakeng_Puachue_Hmong:Hmnp Ogham:Ogam Ol_Chiki:Olck Ol_Onal:Onao
Old_Hungarian:Hung Old_Italic:Ital Old_North_Arabian:Narb Old_Permic:Perm Old_Persian:Xpeo
Old_Sogdian:Sogo Old_South_Arabian:Sarb Old_Turkic:Orkh Old_Uyghur:Ougr Oriya:Orya Osage:Osge
Osmanya:Osma Pahawh_Hmong:Hmng Palmyrene:Palm Pau_Cin_Hau:Pauc Phags_Pa:Phag Phoenician:Phnx
Psalter_Pahlavi:Phlp Rejang:Rjng Runic:Runr Samaritan:Samr Saurashtra:Saur Sharada:Shrd
Shavian:Shaw Siddham:Sidd Sidetic:Sidt SignWriting:Sgnw Sinhala:Sinh Sogdian:Sogd
Sora_Sompeng:Sora Soyombo:Soyo Sundanese:Sund Sunuwar:Sunu Syloti_Nagri:Sylo Syriac:Syrc
Tagalog:Tglg Tagbanwa:Tagb Tai_Le:Tale Tai_Tham:Lana Tai_Viet:Tavt Tai_Yo:Tayo Takri:Takr
Tamil:Taml Tangsa:Tnsa Tangut:Tang Telugu:Telu Thaana:Thaa Thai:Thai Tibetan:Tibt Tifinagh:Tfng
Tirhuta:Tirh Todhri:Todr Tolong_Siki:Tols Toto:Toto Tulu_Tigalari:Tutg Ugaritic:Ugar Unknown:Zzzz
Vai:Vaii Vithkuqi:Vith Wancho:Wcho Warang_Citi:Wara Yezidi:Yezi Yi:Yiii Zanabazar_Square:Zanb`;

const words = (s) => s.split(/\s+/).map((w) => w.split(':'));

// All scalar values in one string; surrogates are asked one by one.
let scalars = '';
for (let c = 0; c <= 0x10ffff; c++) if (c < 0xd800 || c > 0xdfff) scalars += String.fromCodePoint(c);

function ranges(prop) {
    const out = [];
    const add = (a, b) => {
        const last = out[out.length - 1];
        if (last && last[1] + 1 === a) last[1] = b;
        else out.push([a, b]);
    };
    const runs = [];
    const re = new RegExp('\\p{' + prop + '}+', 'gu');
    for (let m; (m = re.exec(scalars)); ) {
        const n = [...m[0]].length;
        const first = m[0].codePointAt(0);
        let left = n;
        if (first < 0xd800 && first + n > 0xd800) {
            runs.push([first, 0xd7ff]);
            left -= 0xd800 - first;
            runs.push([0xe000, 0xe000 + left - 1]);
        } else runs.push([first, first + n - 1]);
    }
    const one = new RegExp('^\\p{' + prop + '}$', 'u');
    for (let c = 0xd800; c <= 0xdfff; c++)
        if (one.test(String.fromCharCode(c))) runs.push([c, c]);
    runs.sort((x, y) => x[0] - y[0]);
    for (const r of runs) add(r[0], r[1]);
    return out;
}

const bytes = [];
const sets = [];
const seen = new Map();
function varint(v) {
    while (v > 127) {
        bytes.push((v & 127) | 128);
        v >>>= 7;
    }
    bytes.push(v);
}
function setId(prop) {
    const r = ranges(prop);
    const key = JSON.stringify(r);
    if (seen.has(key)) return seen.get(key);
    const off = bytes.length;
    let prev = 0;
    for (const [a, b] of r) {
        varint(a - prev);
        varint(b - a);
        prev = b + 1;
    }
    sets.push([off, r.length]);
    seen.set(key, sets.length - 1);
    return sets.length - 1;
}

const names = [];
for (const w of words(GC)) {
    const id = setId('gc=' + w[0]);
    for (const n of w) names.push([n, 'GC', id]);
}
for (const w of words(BINARY)) {
    const id = setId(w[0]);
    for (const n of w) names.push([n, 'BINARY', id]);
}
for (const w of words(SCRIPTS)) {
    const sc = setId('sc=' + w[0]);
    const scx = setId('scx=' + w[0]);
    for (const n of new Set(w)) names.push([n, 'SC', sc], [n, 'SCX', scx]);
}
names.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1));

// Case equivalence. Only the relation matters: each character maps to one member of its class.
function compress(map) {
    const rows = [];
    for (const [c, t] of [...map].sort((x, y) => x[0] - y[0])) {
        const d = t - c;
        const r = rows[rows.length - 1];
        if (r && r.delta === d) {
            const gap = c - r.last;
            if (r.count === 1 && gap <= 2) r.stride = gap;
            if (gap === r.stride) {
                r.last = c;
                r.count++;
                continue;
            }
        }
        rows.push({ first: c, last: c, stride: 1, delta: d, count: 1 });
    }
    return rows;
}
const upper = new Map();
for (let c = 0; c <= 0xffff; c++) {
    const s = String.fromCharCode(c).toUpperCase();
    const u = s.charCodeAt(0);
    if (s.length === 1 && u !== c && !(c >= 128 && u < 128)) upper.set(c, u);
}
const groups = new Map();
const put = (k, c) => (groups.has(k) ? groups.get(k).add(c) : groups.set(k, new Set([c])));
for (let c = 0; c <= 0x10ffff; c++) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    const s = String.fromCodePoint(c);
    const l = s.toLowerCase();
    const u = s.toUpperCase();
    if (l === s && u === s) continue;
    for (const k of [l, u, u.toLowerCase(), l.toUpperCase()]) put(k, c);
    if ([...l].length === 1) put(l, l.codePointAt(0));
    if ([...u].length === 1) put(u, u.codePointAt(0));
}
const parent = new Map();
const find = (c) => {
    while (parent.has(c) && parent.get(c) !== c) c = parent.get(c);
    return c;
};
for (const g of groups.values()) {
    const m = [...g];
    for (const a of m)
        for (const b of m) {
            if (a >= b) continue;
            if (!new RegExp('^\\u{' + a.toString(16) + '}$', 'iu').test(String.fromCodePoint(b)))
                continue;
            const x = find(a);
            const y = find(b);
            if (x !== y) parent.set(Math.max(x, y), Math.min(x, y));
        }
}
const fold = new Map();
for (const c of parent.keys()) if (find(c) !== c) fold.set(c, find(c));

const out = [];
out.push(`/* Unicode ${process.versions.unicode}: sets as varint pairs (gap, length - 1), names of
 * properties, case equivalences. Generated by re_unidata.gen.js; constant data, any thread. */
#include "ts/re_unidata.h"
/* clang-format off */`);
const table = (decl, items, per) => {
    out.push(decl + ' = {');
    for (let i = 0; i < items.length; i += per) out.push(items.slice(i, i + per).join(',') + ',');
    out.push('};');
};
table('const uint8_t swd_re_set_bytes[]', bytes, 24);
table('const struct swd_re_set_ref swd_re_sets[]', sets.map((s) => `{${s}}`), 8);
table('const struct swd_re_prop swd_re_props[]', names.map((n) => `{"${n[0]}",SWD_RE_PROP_${n[1]},${n[2]}}`), 1);
out.push(`const unsigned swd_re_prop_count = ${names.length};`);
const rows = (m) => compress(m).map((r) => `{${r.first},${r.last},${r.delta},${r.stride}}`);
table('const struct swd_re_case swd_re_upper[]', rows(upper), 4);
out.push(`const unsigned swd_re_upper_count = ${rows(upper).length};`);
table('const struct swd_re_case swd_re_fold[]', rows(fold), 4);
out.push(`const unsigned swd_re_fold_count = ${rows(fold).length};`);
out.push(`const unsigned swd_re_id_start = ${setId('ID_Start')}, swd_re_id_continue = ${setId('ID_Continue')};`);
process.stdout.write(out.join('\n') + '\n');
process.stderr.write(`${bytes.length} bytes, ${sets.length} sets, ${names.length} names\n`);

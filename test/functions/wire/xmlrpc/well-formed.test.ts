import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Unreadable } from '../../../../functions/wire/xmlrpc/unreadable.ts';
import { wellFormed } from '../../../../functions/wire/xmlrpc/well-formed.ts';

function verdict(text: string): 'good' | 'bad' {
  try {
    wellFormed(text);
    return 'good';
  } catch (error) {
    if (error instanceof Unreadable && error.code === -32700) return 'bad';
    throw error;
  }
}

const good = [
  '<a/>',
  '<a></a>',
  '<a ></a >',
  ' \n<a/>\r\n\t',
  '<?xml version="1.0"?><a/>',
  "<?xml version='1.1' ?><a/>",
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a/>\n',
  '<a b="1" c=\'2\'\n\td = "&lt;&#60;>"/>',
  '<a xmlns:ex="urn:x"><ex:nil/></a>',
  '<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x41;&#x1F600;&#0065;</a>',
  '<a>]] ]> ></a>',
  '<a><![CDATA[<&]]]]><![CDATA[>]]></a>',
  '<a><![CDATA[]]></a>',
  '<!----><!-- - --><a><!-- <b> & --></a><!-- -->',
  '<?pi?><?pi  x ? > ?><a><?pi it\'s "?></a><?pi ?>',
  '<a>é😀\u0085\u2028</a>',
  '<_a.b-c:d1/>',
  '<é/>',
  '<__proto__/>',
];

const bad = [
  '',
  ' ',
  'text',
  '<',
  '<a',
  '<a>',
  '</a>',
  '<a/><b/>',
  '<a></a><a></a>',
  '<a></b>',
  '<a><b></a></b>',
  '<a/>x',
  'x<a/>',
  '&amp;<a/>',
  '<![CDATA[]]><a/>',
  ' <?xml version="1.0"?><a/>',
  '<a/><?xml version="1.0"?>',
  '<?xml?><a/>',
  '<?xml encoding="UTF-8"?><a/>',
  '<?xml version="1.0" standalone="maybe"?><a/>',
  '<?xml version="1.0" standalone="no" encoding="UTF-8"?><a/>',
  '<?xml version="1.0"encoding="UTF-8"?><a/>',
  '<?xml version="1.0">\n<a/>',
  '<?XML version="1.0"?><a/>',
  '<?xMl x?><a/>',
  '<??><a/>',
  '<?p',
  '<?1?><a/>',
  '<a><?p+?></a>',
  '<a b/>',
  '<a b=1/>',
  '<a b="1"c="2"/>',
  '<a b="1" b="2"/>',
  '<a b="<"/>',
  '<a b="&"/>',
  '<a b="&nbsp;"/>',
  '<a b="1/>',
  '<a / >',
  '<a/ >',
  '< a/>',
  '<a></ a>',
  '<a></a b="1">',
  '<1/>',
  '<-a/>',
  '<a>&</a>',
  '<a>& </a>',
  '<a>&amp</a>',
  '<a>&AMP;</a>',
  '<a>&nbsp;</a>',
  '<a>&;</a>',
  '<a>&#;</a>',
  '<a>&#x;</a>',
  '<a>&#X41;</a>',
  '<a>&#xG;</a>',
  '<a>&#0;</a>',
  '<a>&#8;</a>',
  '<a>&#xD800;</a>',
  '<a>&#xFFFE;</a>',
  '<a>&#x110000;</a>',
  '<a>&#99999999999999999999;</a>',
  '<a>\u0000</a>',
  '<a>\u0008</a>',
  '<a>\u001f</a>',
  '<a>\ufffe</a>',
  '<a>\uffff</a>',
  '<a b="\u0001"/>',
  '<!-- \u0001 --><a/>',
  '<a>]]></a>',
  '<a><![CDATA[</a>',
  '<a><![cdata[]]></a>',
  '<a><!-- -- --></a>',
  '<a><!-- ---></a>',
  '<a><!--></a>',
  '<a><!- - --></a>',
  '<a><!></a>',
  '<a><!b></a>',
];

test.each(good)('%j is well formed', (text) => {
  expect(verdict(text)).toBe('good');
});

test.each(bad)('%j is not well formed', (text) => {
  expect(verdict(text)).toBe('bad');
});

test.each([
  '<!DOCTYPE a><a/>',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  '<!doctype a><a/>',
])('%j, a document with a DTD, is refused', (text) => {
  expect(verdict(text)).toBe('bad');
});

describe('the document that is handed on', () => {
  test.each([
    ['<?xml version="1.0"?><a b="1" c="2">t<!-- -->u<?p?><b d=""/></a >', '<a>tu<b/></a>'],
    ['<a><![CDATA[<b c="1"><!-- -->]]></a>', '<a><![CDATA[<b c="1"><!-- -->]]></a>'],
    [
      '<a><value\u1680x b="1">t</value\u1680x><value\ufeffx/></a>',
      '<a><unknownName>t</unknownName><unknownName/></a>',
    ],
  ])('%j is %j', (text, plain) => {
    expect(wellFormed(text)).toBe(plain);
  });
});

describe('limits', () => {
  const nested = (levels: number) => `${'<value><x>'.repeat(levels)}${'</x></value>'.repeat(levels)}`;
  const members = (count: number) => `<struct>${'<member/>'.repeat(count)}</struct>`;

  test('32 values within one another pass, 33 do not', () => {
    expect(verdict(nested(32))).toBe('good');
    expect(verdict(nested(33))).toBe('bad');
  });

  test('values beside one another are not nested', () => {
    expect(verdict(`<x>${'<value><y/></value><value/>'.repeat(100)}</x>`)).toBe('good');
  });

  test('1,000 members pass, 1,001 do not', () => {
    expect(verdict(members(1000))).toBe('good');
    expect(verdict(members(1001))).toBe('bad');
  });

  test('100 elements within one another pass, 101 do not', () => {
    expect(verdict(`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`)).toBe('good');
    expect(verdict(`${'<a>'.repeat(101)}${'</a>'.repeat(101)}`)).toBe('bad');
  });
});

/** Documents with a few random changes, the same in every run. */
function mutants(count: number): string[] {
  const pieces = [
    '<',
    '>',
    '/',
    '&',
    ';',
    '#',
    '"',
    "'",
    '=',
    '!',
    '-',
    '?',
    '[',
    ']',
    ' ',
    '\n',
    'a',
    '1',
    ':',
  ];
  pieces.push(
    ']]>',
    '<!--',
    '-->',
    '<?',
    '?>',
    '</a>',
    '<a>',
    '<a/>',
    '&amp;',
    '&#0;',
    '&#xFFFE;',
    '\u0001',
    'xml',
  );
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, () => {
    let text = good[random(good.length)] ?? '';
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const at = random(text.length + 1);
      const piece = random(3) === 0 ? '' : (pieces[random(pieces.length)] ?? '');
      text = text.slice(0, at) + piece + text.slice(at + random(3));
    }
    return text.toWellFormed();
  });
}

const expat = `
import json, sys
from xml.parsers import expat
def verdict(text):
    try:
        expat.ParserCreate('utf-8').Parse(text.encode('utf-8'), True)
        return 'good'
    except expat.ExpatError:
        return 'bad'
json.dump([verdict(text) for text in json.load(sys.stdin)], sys.stdout)
`;
const hasPython = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!hasPython && process.env['CI'] !== 'true')('expat agrees on every verdict', () => {
  const documents = [...good, ...bad, ...mutants(20_000)];
  const { stdout } = spawnSync('python3', ['-c', expat], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const theirs: readonly string[] = JSON.parse(stdout);
  /** expat lets an XML declaration claim any version. */
  const otherVersion = /^<\?xml\s+version\s*=\s*(?!"1\.\d+"|'1\.\d+')/;
  const disputed = documents.filter((text, i) => !otherVersion.test(text) && verdict(text) !== theirs[i]);
  expect(disputed).toEqual([]);
});

/** The short way to a document's elements: the same elements as by the parser, or none. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainTree } from '../../../../functions/wire/xmlrpc/plain-tree.ts';
import { wellFormed } from '../../../../functions/wire/xmlrpc/well-formed.ts';
import { type Element, readTree } from '../../../../functions/wire/xmlrpc/xml-tree.ts';
import { callOf, loginCall, struct, value } from './xmlrpc-calls.ts';

function byParser(text: string): Element | 'refused' {
  try {
    return readTree(wellFormed(text));
  } catch {
    return 'refused';
  }
}

/** So many values, each in an array in the one before. */
const nested = (levels: number) =>
  callOf('m', '<value><array><data>'.repeat(levels) + '</data></array></value>'.repeat(levels));

describe('a plain document goes the short way', () => {
  test.each([
    ['a call', loginCall()],
    [
      'a call with every type',
      callOf('m', struct({ a: '<int>1</int>', b: '<boolean>1</boolean>', c: 'text' })),
    ],
    ['without a declaration', '<methodCall><methodName>m</methodName></methodCall>'],
    ['with an encoding', '<?xml version="1.0" encoding="utf-8"?>\n<methodCall></methodCall>\n'],
    ['with line ends of Windows', loginCall().replaceAll('><', '>\r\n  <')],
    ['with letters beyond ASCII', callOf('m', value('Zoë ünï 中文'))],
    ['32 levels of values', nested(32)],
  ])('%s', (_, text) => {
    const tree = plainTree(text);
    expect(tree).toBeDefined();
    expect(tree).toEqual(byParser(text));
  });
});

describe('anything else goes the long way', () => {
  test.each([
    ['a reference', callOf('m', value('a &amp; b'))],
    ['CDATA', callOf('m', value('<![CDATA[a]]>'))],
    ['a comment', callOf('m', '<!-- a -->')],
    ['an attribute', callOf('m', '<value type="x">a</value>')],
    ['an empty-element tag', callOf('m', '<value/>')],
    ['an element that XML-RPC does not have', callOf('m', '<constructor>a</constructor>')],
    ['letters beyond the basic plane', callOf('m', value('😀'))],
    ['tags that do not match', '<methodCall><params></methodCall></params>'],
    ['an end tag alone', '</methodCall>'],
    ['an element that is not closed', '<methodCall>'],
    ['two roots', '<value></value><value></value>'],
    ['text outside the root', 'x<value></value>'],
    ['"]]>" in text', callOf('m', value('a ]]> b'))],
    ['a character that XML does not allow', callOf('m', value('a\u0001'))],
    ['too many levels', nested(33)],
    [
      'too many members',
      callOf('m', struct(Object.fromEntries(Array.from({ length: 1001 }, (__, i) => [`a${i}`, ''])))),
    ],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(plainTree(text)).toBeUndefined();
  });
});

/** Pieces that documents are made of, good ones and others, in any order. */
const piece = fc.constantFrom(
  ...['<value>', '</value>', '<string>', '</string>', '<struct>', '</struct>', '<member>', '</member>'],
  ...['<name>', '</name>', '<value/>', '<value >', '</value >', '<x>', '</x>', '<?xml version="1.0"?>'],
  ...[
    'text',
    ' ',
    '\r\n',
    '\r',
    '&amp;',
    '&',
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<',
    '>',
    '/',
    'é',
    '\ud83d',
  ],
);

test('whatever it reads, the parser reads the same', () => {
  const seed = Number(process.env['LJGATE_SEED'] ?? 1);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `<methodCall>${pieces.join('')}</methodCall>`;
      for (const document of [text, pieces.join('')]) {
        const tree = plainTree(document);
        if (tree) expect(tree).toEqual(byParser(document));
      }
    }),
    { numRuns: 20_000, seed },
  );
});

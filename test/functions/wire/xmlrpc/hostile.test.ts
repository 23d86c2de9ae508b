/** What the corpus in test/hostile cannot hold: bodies beyond what HTTP lets in, and one fault after another. */

import { describe, expect, test } from 'vitest';
import { wellFormed } from '../../../../functions/wire/xmlrpc/well-formed.ts';
import { textIn } from '../../../support/request-facts.ts';
import { ask, bytes, callOf, faultCodeOf, faultIn, loginCall, stubGateway, value } from './xmlrpc-calls.ts';

/** Each would take minutes where a pass looks back, or recurses. */
describe('four megabytes of', () => {
  const size = 4 * 1024 * 1024;
  const fill = (text: string) => text.repeat(size / text.length);
  const inPassword = (text: string) => loginCall({ password: text });

  test.each([
    ['elements within one another', fill('<a>'), -32700],
    ['values within one another', fill('<value>'), -32700],
    ['end tags', fill('</a>'), -32700],
    ['members', callOf('LJ.XMLRPC.login', value(fill('<member/>'))), -32700],
    ['elements beside one another', inPassword(fill('<a/>')), -32600],
    ['<', fill('<'), -32700],
    ['&', inPassword(fill('&')), -32700],
    ['references', inPassword(fill('&amp;')), undefined],
    ['digits of one reference', inPassword(`&#${fill('1')};`), -32700],
    ['zeros of one reference', inPassword(`&#${fill('0')}65;`), undefined],
    [']', inPassword(fill(']')), undefined],
    ['spaces', fill(' '), -32700],
    ['spaces in the declaration', `<?xml${fill(' ')}?><a/>`, -32700],
    ['spaces after the version', `<?xml version="1.0"${fill(' ')}x?><a/>`, -32700],
    ['spaces in a tag', `<methodCall${fill(' ')}`, -32700],
    ['spaces around a name', callOf(`${fill(' ')}LJ.XMLRPC.nope${fill(' ')}`), 201],
    [
      'attributes',
      `<methodCall ${Array.from({ length: 200_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      -32600,
    ],
    ['one attribute', `<methodCall a="${fill('x')}"/>`, -32600],
    ['an attribute without an end', `<methodCall ${fill("a='")}`, -32700],
    ['comments', inPassword(fill('<!---->')), undefined],
    ['comments without an end', inPassword(fill('<!--')), -32700],
    ['instructions', inPassword(fill('<?p "?>')), undefined],
    ['CDATA', inPassword(fill('<![CDATA[]]>')), undefined],
    ['CDATA without an end', inPassword(fill('<![CDATA[')), -32700],
    ['line ends', inPassword(fill('\r\n')), undefined],
    ['digits', inPassword(`<int>${fill('1')}</int>`), undefined],
    ['digits of a bad double', inPassword(`<double>${fill('1')}x</double>`), -32600],
    ['base64', inPassword(`<base64>${fill('AAAA')}</base64>`), undefined],
    ['a name', `<${fill('a')}`, -32700],
  ])('%s are answered', async (_what, body, code) => {
    expect(await faultCodeOf(body)).toBe(code);
  });
});

test('a call with any one byte changed is answered with a well-formed document', async () => {
  const whole = bytes(loginCall({ password: '<string>тест</string>', ver: '<int>1</int>' }));
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0x00, 0x26, 0x3c, 0x80, 0xff]) {
      const reply = await ask(stubGateway(), whole.with(at, byte));
      wellFormed(textIn(reply));
      expect(reply.reports).toHaveLength(1);
    }
  }
});

test("nothing of the body but a method's name is repeated in a fault", async () => {
  const marked = [
    '<marker',
    '<marker>',
    '<methodCall><marker/></methodCall>',
    '<?xml version="1.0" encoding="marker"?>',
  ];
  for (const body of [...marked, loginCall({ x: '<marker/>' }), loginCall({ x: '<int>marker</int>' })]) {
    const reply = await ask(stubGateway(), body);
    expect(faultIn(reply)).toBeDefined();
    expect(reply.body).not.toContain('marker');
  }
});

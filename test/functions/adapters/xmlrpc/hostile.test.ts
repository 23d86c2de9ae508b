import { describe, expect, test } from 'vitest';
import { wellFormed } from '../../../../functions/adapters/xmlrpc/wellformed.ts';
import {
  array,
  ask,
  bytes,
  callOf,
  faultCodeOf,
  faultIn,
  loginCall,
  struct,
  stubGateway,
  value,
} from './support.ts';

const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY a${i} "${`&a${i - 1};`.repeat(10)}">`,
).join('')}]>${loginCall({ password: '&a8;' }).replace('<?xml version="1.0"?>', '')}`;

function utf16le(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((character) => [character.charCodeAt(0), 0]));
}

describe('a DOCTYPE is refused', () => {
  test.each([
    ['with an entity bomb', bomb],
    ['in UTF-16 with a mark', Uint8Array.from([0xff, 0xfe, ...utf16le(bomb)])],
    ['in UTF-16 without a mark', utf16le(bomb)],
    ['naming a file', `<!DOCTYPE methodCall SYSTEM "file:///etc/passwd">${loginCall().slice(21)}`],
    ['inside the root', loginCall().replace('<params>', '<!DOCTYPE a><params>')],
  ])('%s', async (_what, body) => {
    expect(await faultCodeOf(body)).toBe(-32700);
  });

  test('but its name in a text is only text', async () => {
    const gateway = stubGateway();
    await ask(gateway, loginCall({ password: '<![CDATA[<!DOCTYPE a>]]>' }));
    expect(gateway.calls).toHaveLength(1);
  });
});

describe('a call at its limits', () => {
  const nested = (levels: number) =>
    callOf('LJ.XMLRPC.login', struct({ username: 'test', x: nest(levels - 1).slice(7, -8) }));
  const nest = (levels: number): string => (levels === 1 ? value('x') : array(nest(levels - 1)));

  test('32 levels of values pass, 33 are refused', async () => {
    expect(await faultCodeOf(nested(32))).toBeUndefined();
    expect(await faultCodeOf(nested(33))).toBe(-32700);
  });

  test('32 levels of structs pass, 33 are refused', async () => {
    const deep = (levels: number): string =>
      levels === 1 ? 'x' : struct({ a: deep(levels - 1) }).slice(7, -8);
    expect(await faultCodeOf(loginCall({ x: deep(31) }))).toBeUndefined();
    expect(await faultCodeOf(loginCall({ x: deep(32) }))).toBe(-32700);
  });

  test('1,000 members pass, 1,001 are refused', async () => {
    const members = (count: number) =>
      loginCall(Object.fromEntries(Array.from({ length: count - 1 }, (_, i) => [`m${i}`, 'x'])));
    expect(await faultCodeOf(members(1000))).toBeUndefined();
    expect(await faultCodeOf(members(1001))).toBe(-32700);
  });
});

test('10,000 elements within one another are refused', async () => {
  const nested = `${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`;
  expect(await faultCodeOf(nested)).toBe(-32700);
});

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

test('a call cut off anywhere is answered with a well-formed fault', async () => {
  const whole = bytes(
    loginCall({ password: '<![CDATA[тест]]>', ver: '<int>1</int>', x: 'a&amp;b<!-- c -->' }),
  );
  for (let length = 0; length < whole.length; length++) {
    const reply = await ask(stubGateway(), whole.slice(0, length));
    expect(faultIn(reply)?.code, `cut off at ${length}`).toBe(-32700);
    wellFormed(reply.body);
  }
});

test('a call with any one byte changed is answered with a well-formed document', async () => {
  const whole = bytes(loginCall({ password: '<string>тест</string>', ver: '<int>1</int>' }));
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0x00, 0x26, 0x3c, 0x80, 0xff]) {
      const reply = await ask(stubGateway(), whole.with(at, byte));
      wellFormed(reply.body);
      expect(reply.reports).toHaveLength(1);
    }
  }
});

test('nothing of the body is repeated in a fault', async () => {
  const marked = [
    '<marker',
    '<marker>',
    '<methodCall><marker/></methodCall>',
    '<?xml version="1.0" encoding="marker"?>',
  ];
  for (const body of [
    ...marked,
    callOf('marker'),
    loginCall({ x: '<marker/>' }),
    loginCall({ x: '<int>marker</int>' }),
  ]) {
    const reply = await ask(stubGateway(), body);
    expect(faultIn(reply)).toBeDefined();
    expect(reply.body).not.toContain('marker');
  }
});

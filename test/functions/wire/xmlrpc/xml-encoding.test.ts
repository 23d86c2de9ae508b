import { describe, expect, test } from 'vitest';
import { argumentsOf, bytes, faultCodeOf, loginCall } from './xmlrpc-calls.ts';

/** Puts bytes in the place of the one `@` of a text that is otherwise ASCII. */
function withBytes(text: string, inserted: readonly number[]): Uint8Array {
  const [before = '', after = ''] = text.split('@');
  return Uint8Array.from([...bytes(before), ...inserted, ...bytes(after)]);
}

const declaredAs = (label: string) =>
  loginCall({ password: '@' }).replace('version="1.0"', `version="1.0" encoding="${label}"`);

function utf16(text: string, order: 'le' | 'be', mark: boolean): Uint8Array {
  const units = [...(mark ? '\ufeff' : ''), ...text].flatMap((character) => character.split(''));
  return Uint8Array.from(
    units.flatMap((unit) => {
      const code = unit.charCodeAt(0);
      return order === 'le' ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );
}

const passwordIn = async (body: Uint8Array, contentType?: string) =>
  (await argumentsOf(body, contentType)).get('password');

describe('the encoding that the XML declaration names', () => {
  test.each([
    ['UTF-8', [0xd1, 0x82], 'т'],
    ['utf-8', [0xf0, 0x9f, 0x98, 0x80], '😀'],
    ['US-ASCII', [0x74], 't'],
    ['ISO-8859-1', [0xe9], 'é'],
    ['ISO-8859-2', [0xb1], 'ą'],
    ['ISO-8859-5', [0xe2], 'т'],
    ['iso-8859-15', [0xa4], '€'],
    ['windows-1250', [0x9c], 'ś'],
    ['windows-1251', [0xf2], 'т'],
    ['Windows-1252', [0x80], '€'],
    ['cp1251', [0xf2], 'т'],
    ['windows-1255', [0xe0], 'א'],
    ['KOI8-R', [0xd4], 'т'],
    ['KOI8-U', [0xa4], 'є'],
    ['IBM866', [0xe2], 'т'],
    ['Shift_JIS', [0x83, 0x65], 'テ'],
    ['EUC-JP', [0xa5, 0xc6], 'テ'],
    ['GB2312', [0xd6, 0xd0], '中'],
    ['GB18030', [0xd6, 0xd0], '中'],
    ['Big5', [0xa4, 0xa4], '中'],
    ['EUC-KR', [0xc7, 0xd1], '한'],
  ])('%s is decoded', async (label, inserted, text) => {
    expect(await passwordIn(withBytes(declaredAs(label), inserted))).toBe(text);
  });

  test.each(['UTF-7', 'UTF-32', 'ebcdic-cp-us', 'HZ-GB-2312', 'nonsense', ''])(
    '"%s" is refused as unsupported',
    async (label) => {
      expect(await faultCodeOf(withBytes(declaredAs(label), [0x74]))).toBe(-32701);
    },
  );

  test.each(['utf-16', 'UTF-16LE'])(
    '%s over UTF-8 bytes is .NET’s way, which writes so into strings: they are read as UTF-8',
    async (label) => {
      expect(await passwordIn(withBytes(declaredAs(label), [0xd1, 0x82]))).toBe('т');
    },
  );

  test('may stand in single quotes, after spaces and line ends', async () => {
    const body = declaredAs('x').replace('encoding="x"', "\r\n\tencoding = 'windows-1251'");
    expect(await passwordIn(withBytes(body, [0xf2]))).toBe('т');
  });

  test('is not read from anywhere but the declaration', async () => {
    const body = loginCall({ password: 'т<!-- encoding="windows-1251" -->' });
    expect(await passwordIn(bytes(body))).toBe('т');
  });
});

describe('UTF-16', () => {
  test.each(['le', 'be'] as const)('%s is known by its mark and by its first character', async (order) => {
    const body = loginCall({ password: 'тест😀' });
    expect(await passwordIn(utf16(body, order, true))).toBe('тест😀');
    expect(await passwordIn(utf16(body, order, false))).toBe('тест😀');
    const declared = body.replace('version="1.0"', 'version="1.0" encoding="UTF-16"');
    expect(await passwordIn(utf16(declared, order, false))).toBe('тест😀');
  });

  test('is not well formed with half a character at its end', async () => {
    expect(await faultCodeOf(utf16(loginCall(), 'le', true).slice(0, -1))).toBe(-32700);
  });
});

describe('other evidence', () => {
  test('a byte order mark is no part of the document, and overrules what is declared', async () => {
    const body = Uint8Array.from([0xef, 0xbb, 0xbf, ...withBytes(declaredAs('windows-1251'), [0xd1, 0x82])]);
    expect(await passwordIn(body)).toBe('т');
  });

  test.each([
    'text/xml; charset=windows-1251',
    'TEXT/XML;CHARSET="Windows-1251"',
    'text/xml; boundary=x; charset=cp1251; x=y',
  ])('the charset of "%s" counts where nothing is declared', async (contentType) => {
    const body = withBytes(loginCall({ password: '@' }), [0xf2]);
    expect(await passwordIn(body, contentType)).toBe('т');
    expect(await passwordIn(withBytes(declaredAs('KOI8-R'), [0xd4]), contentType)).toBe('т');
  });

  test.each(['x-nonsense', 'utf-16', 'UTF-32', 'utf-7'])(
    'a charset that nobody knows or that the bytes disprove, %s, is passed over',
    async (charset) => {
      const call = bytes(loginCall({ password: 'т' }));
      expect(await passwordIn(call, `text/xml; charset=${charset}`)).toBe('т');
    },
  );

  test('an unknown encoding in the declaration is refused all the same', async () => {
    const call = `<?xml version="1.0" encoding="x-nonsense"?>${loginCall().replace(/^<\?.*?\?>/, '')}`;
    expect(await faultCodeOf(call, 'text/xml; charset=utf-8')).toBe(-32701);
  });

  test.each(['', 'text/xml', 'application/octet-stream', 'text/xml; charset', 'text/xml; charset='])(
    'a Content-Type of "%s" leaves it at UTF-8',
    async (contentType) => {
      expect(await passwordIn(bytes(loginCall({ password: 'т' })), contentType)).toBe('т');
    },
  );

  test.each([
    ['UTF-32 little-endian with a mark', [0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]],
    ['UTF-32 big-endian with a mark', [0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]],
    ['UTF-32 little-endian', [0x3c, 0, 0, 0, 0x6d, 0, 0, 0]],
    ['UTF-32 big-endian', [0, 0, 0, 0x3c, 0, 0, 0, 0x6d]],
    ['EBCDIC', [0x4c, 0x6f, 0xa7, 0x94, 0x93]],
  ])('%s is refused as unsupported', async (_name, body) => {
    expect(await faultCodeOf(Uint8Array.from(body))).toBe(-32701);
  });
});

describe('bytes that are not in their encoding', () => {
  test.each([
    ['a lone continuation byte', 'UTF-8', [0x80]],
    ['an overlong form', 'UTF-8', [0xc0, 0xbc]],
    ['a surrogate', 'UTF-8', [0xed, 0xa0, 0x80]],
    ['a byte past Unicode', 'UTF-8', [0xf5, 0x80, 0x80, 0x80]],
    ['a byte that the charset leaves out', 'windows-1253', [0xaa]],
    ['half a character', 'Shift_JIS', [0x83]],
  ])('%s is not well formed', async (_name, label, inserted) => {
    expect(await faultCodeOf(withBytes(declaredAs(label), inserted))).toBe(-32700);
  });
});

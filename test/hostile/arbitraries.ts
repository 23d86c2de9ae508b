/** What property tests make up: values and all their spellings, documents gone wrong, forms, headers. */
import fc from 'fast-check';
import { fragments, odd, requestFragments } from './fragments.ts';
import type { Tagged } from './python-reader.ts';

/** A value beside one of its spellings on the wire. */
export interface Spelled {
  readonly value: Tagged;
  readonly xml: string;
}

const interesting = [
  '',
  ' ',
  'test',
  '__proto__',
  'constructor',
  '0',
  '1',
  ']]>',
  '<',
  '&amp;',
  '\t',
  'тест',
  '😀',
  '\u0085',
  '\u2028',
  '\ufeff',
];

/** Text that XML can hold. CR is left out: whether it stays one depends on how it is spelled. */
export const text = fc
  .oneof(
    fc.constantFrom(...interesting),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.string({ maxLength: 20 }),
  )
  .map((raw) => raw.replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));

const bare: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const wrappers: readonly ((character: string) => string)[] = [
  (character) => bare[character] ?? character,
  (character) => bare[character] ?? character,
  (character) => `&#${character.codePointAt(0)};`,
  (character) => `&#x${character.codePointAt(0)?.toString(16)};`,
  (character) => `<![CDATA[${character}]]>`,
  (character) => `<!-- & <x> -->${bare[character] ?? character}`,
  (character) => `${bare[character] ?? character}<?pi ?>`,
];

/** A text, each character of which is spelled in some way. */
function spelling(raw: string): fc.Arbitrary<string> {
  const ways = fc.array(fc.nat(wrappers.length - 1), { minLength: 5, maxLength: 5 });
  return ways.map((chosen) =>
    [...raw].map((character, i) => wrappers[chosen[i % chosen.length] ?? 0]?.(character) ?? '').join(''),
  );
}

function scalar(
  kind: 'int' | 'double' | 'boolean' | 'base64' | 'date',
  element: string,
  value: fc.Arbitrary<string>,
) {
  return value.map((inner): Spelled => ({ value: [kind, inner], xml: `<${element}>${inner}</${element}>` }));
}

const string = text.chain((raw) =>
  fc.tuple(spelling(raw), fc.boolean()).map(([inner, typed]): Spelled => {
    // A bare text that begins an element's worth of white space is still text.
    return { value: ['string', raw], xml: typed ? `<string>${inner}</string>` : inner };
  }),
);
const int = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const scalars = fc.oneof(
  string,
  string,
  scalar('int', 'int', fc.integer().map(String)),
  scalar('int', 'i4', fc.integer().map(String)),
  scalar('int', 'i8', int),
  scalar('double', 'double', fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
  scalar('boolean', 'boolean', fc.constantFrom('0', '1')),
  scalar(
    'base64',
    'base64',
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  ),
  scalar('date', 'dateTime.iso8601', fc.constantFrom('19980717T14:08:55', '20260101T00:00:00')),
  fc.constant<Spelled>({ value: ['nil'], xml: '<nil/>' }),
);

const names = fc.oneof(fc.constantFrom('username', 'password', 'ver', 'expire', 'a'), text);
const spaces = fc.constantFrom('', '', '', ' ', '\n\t', '<!-- x -->');

const { value: anySpelled } = fc.letrec<{ value: Spelled; array: Spelled; struct: Spelled }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalars, tie('array'), tie('struct')),
  array: fc.tuple(fc.array(tie('value'), { maxLength: 4 }), spaces).map(([items, space]) => ({
    value: ['array', items.map(({ value }) => value)],
    xml: `<array>${space}<data>${items.map(({ xml }) => `${space}<value>${xml}</value>`).join('')}</data></array>`,
  })),
  struct: fc
    .tuple(
      fc.array(
        fc.tuple(
          names.chain((raw) => fc.tuple(fc.constant(raw), spelling(raw))),
          tie('value'),
        ),
        { maxLength: 4 },
      ),
      spaces,
    )
    .map(([members, space]) => ({
      value: ['struct', members.map(([[name], { value }]) => [name, value] as const)],
      xml: `<struct>${members
        .map(
          ([[, name], { xml }]) =>
            `${space}<member><name>${name}</name>${space}<value>${xml}</value></member>`,
        )
        .join('')}</struct>`,
    })),
}));

/** A call of some method with up to two params. */
export interface SpelledCall {
  readonly name: string;
  readonly params: readonly Tagged[];
  readonly xml: string;
}

const methodNames = [
  'LJ.XMLRPC.login',
  'LJ.XMLRPC.getchallenge',
  'LJ.XMLRPC.sessionexpire',
  'system.multicall',
  'x',
];

export const spelledCall: fc.Arbitrary<SpelledCall> = fc
  .record({
    declared: fc.constantFrom('', '<?xml version="1.0"?>', '<?xml version=\'1.0\' encoding="utf-8" ?>\n'),
    name: fc.constantFrom(...methodNames),
    params: fc.array(anySpelled, { maxLength: 2 }),
    space: spaces,
    attribute: fc.constantFrom('', ' a="&lt;"', " xml:space = 'preserve'"),
  })
  .map(({ declared, name, params, space, attribute }) => {
    const all = params.map(({ xml }) => `<param>${space}<value>${xml}</value></param>`).join(space);
    return {
      name,
      params: params.map(({ value }) => value),
      xml: `${declared}<methodCall${attribute}>${space}<methodName>${name}</methodName>${space}<params${attribute}>${all}</params></methodCall>${space}`,
    };
  });

/** A value that XML-RPC of any make can write. */
export const anyValue: fc.Arbitrary<Tagged> = anySpelled.map(({ value }) => value);

/** Where in a text: a part of its length. A double of fast-check's would almost always be next to nothing. */
const place = fc.nat(9999).map((part) => part / 10_000);

/** A text with a few pieces put in, left out or changed. */
function mutated(source: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: place,
    cut: fc.nat(6),
    piece: fc.oneof(fc.constant(''), fc.constantFrom(...fragments)),
  });
  return fc.tuple(source, fc.array(change, { minLength: 1, maxLength: 3 })).map(([whole, changes]) =>
    changes.reduce((now, { at, cut, piece }) => {
      const from = Math.floor(at * now.length);
      return now.slice(0, from) + piece + now.slice(from + cut);
    }, whole),
  );
}

/** A call with some values in odd spellings: well formed, and who knows what else. */
const oddCall = fc
  .tuple(spelledCall, fc.array(fc.tuple(place, fc.constantFrom(...odd)), { minLength: 1, maxLength: 2 }))
  .map(([{ xml }, changes]) =>
    changes.reduce((now, [at, piece]) => {
      const leaves = [...now.matchAll(/<value>(?:<(\w+)>[^<]*<\/\1>|[^<]*|<\w+\/>)<\/value>/g)];
      const leaf = leaves[Math.floor(at * leaves.length)];
      if (!leaf) return now;
      return `${now.slice(0, leaf.index)}<value>${piece}</value>${now.slice(leaf.index + leaf[0].length)}`;
    }, xml),
  );

/** A call gone wrong, as text. */
export const mutatedCall = fc.oneof(
  mutated(spelledCall.map(({ xml }) => xml)),
  mutated(oddCall),
  oddCall,
  oddCall,
);

const fieldNames = [
  'mode',
  'user',
  'password',
  'hpassword',
  'auth_method',
  'auth_challenge',
  'auth_response',
  'ver',
];
fieldNames.push(
  'expiration',
  'expire_id_1',
  'expireall',
  'clientversion',
  'getmoods',
  'responseenc',
  '__proto__',
  '',
);
const fieldValues = [
  'login',
  'getchallenge',
  'sessiongenerate',
  'test',
  'clear',
  'challenge',
  'cookie',
  'urlenc',
  '1',
  '%00',
];

/** A form that makes sense here and there. */
const form = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...fieldNames), fc.string({ maxLength: 8 })),
      fc.oneof(
        fc.constantFrom(...fieldValues),
        fc.string({ unit: 'binary', maxLength: 20 }).map(encoded),
        fc.string({ maxLength: 20 }),
      ),
    ),
    { maxLength: 12 },
  )
  .map((fields) => fields.map((field) => field.join('=')).join('&'));

function encoded(raw: string): string {
  return encodeURIComponent(raw.toWellFormed());
}

/** Any bytes: at random, or what was once a call or a form. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.oneof(mutatedCall, mutated(form), form).map((raw) => new TextEncoder().encode(raw)),
  fc
    .tuple(spelledCall, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([{ xml }, changes]) => {
      const bytes = new TextEncoder().encode(xml);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  fc
    .tuple(mutatedCall, fc.boolean())
    .map(([xml, marked]) => Buffer.from((marked ? '\ufeff' : '') + xml, 'utf16le')),
);

/** What a request has beside its body. */
export const anyHeaders = fc.record({
  contentType: fc.option(
    fc.oneof(
      fc.constantFrom(
        'text/xml',
        'text/xml; charset=windows-1251',
        'x; charset="utf-16',
        ';charset=',
        'a;charset=utf-7',
      ),
      fc.string({ maxLength: 30 }),
    ),
    { nil: undefined },
  ),
  cookie: fc.option(
    fc.oneof(
      mutated(
        fc.constantFrom(
          'ljsession=ws:test:5:abc',
          'ljsession="ws%3Atest%3A5%3Aabc"; a=b',
          'ljmastersession=ws:test:1:x',
        ),
      ),
      fc.string({ maxLength: 60 }),
    ),
    { nil: undefined },
  ),
  ljAuth: fc.constantFrom(undefined, 'cookie', 'Cookie, cookie', 'x'),
  agent: fc.option(fc.string({ unit: 'binary', maxLength: 40 }), { nil: undefined }),
});

const requestHeads = [
  'POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\nmode=getchallenge',
  'POST /interface/xmlrpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n',
  'POST /cgi-bin/log.cgi HTTP/1.0\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\na=b&',
  'POST /interface/flat HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\na=b&',
];

/** One or more requests on a connection, gone wrong: a character a byte. */
export const anyRequests = fc
  .array(
    fc.tuple(
      fc.constantFrom(...requestHeads),
      fc.array(fc.tuple(place, fc.nat(5), fc.constantFrom(...requestFragments)), { maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((requests) =>
    requests
      .map(([head, changes]) =>
        changes.reduce((now, [at, cut, piece]) => {
          const from = Math.floor(at * now.length);
          return now.slice(0, from) + piece + now.slice(from + cut);
        }, head),
      )
      .join(''),
  );

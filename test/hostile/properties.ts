/**
 * What holds for whatever anybody sends, as properties that can be tried with any seed: briefly in
 * `npm test`, for as long as one likes with `npm run fuzz`. They throw `Error` with what was wrong.
 */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createGateway } from '../../core/protocol/gateway.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import { Octets, type Value } from '../../core/protocol/values.ts';
import type { EndpointRequest } from '../../functions/wire/endpoint.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { writeReply } from '../../functions/wire/flat/flat-reply.ts';
import { decodeForm } from '../../functions/wire/flat/form.ts';
import { readMethodCall } from '../../functions/wire/xmlrpc/method-call.ts';
import { wellFormed } from '../../functions/wire/xmlrpc/well-formed.ts';
import { readTree } from '../../functions/wire/xmlrpc/xml-tree.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { type Reply, writeResponse } from '../../functions/wire/xmlrpc/xmlrpc-reply.ts';
import { openSqliteInMemory } from '../../infra/stores/sqlite/sqlite-store.ts';
import { testAccount, testPorts } from '../support/ports.ts';
import { requestFacts, textIn } from '../support/request-facts.ts';
import type { Trial } from '../support/tally.ts';
import { readFlat } from '../support/wire.ts';
import {
  anyBytes,
  anyHeaders,
  anyRequests,
  anyValue,
  mutatedCall,
  spelledCall,
  text,
} from './arbitraries.ts';
import { compare, isSame, type Ours, readOurs } from './comparison.ts';
import { converse } from './conversation.ts';
import type { PythonReader, Reading, Tagged } from './python-reader.ts';

/** What a property is tried on. */
export interface Bench {
  /** Python, started when it is first asked. */
  python(): PythonReader;
  /** A server with the demo accounts. */
  readonly url: URL;
}

/** How to try a property. `within`: ms after which no more is tried. */
export interface Trying {
  readonly seed: number;
  readonly numRuns: number;
  readonly within?: number;
}

/** A property. */
export interface Property {
  readonly name: string;
  readonly trial: Trial;
  /** How often the brief run tries it. */
  readonly runs: number;
  /** Tries it, and says how often it held and, if it once did not, what was wrong. */
  attempt(bench: Bench, how: Trying): Promise<Attempt>;
}

/** What came of trying a property. */
export interface Attempt {
  readonly runs: number;
  /** Seed, path and the smallest case found, for a person to read. */
  readonly failure: string | undefined;
  /** That case, where it is bytes or text: as a body in the corpus is written. */
  readonly input: string | undefined;
}

type Facts = Pick<Property, 'name' | 'trial' | 'runs'>;

function property<T>(
  facts: Facts,
  made: fc.Arbitrary<T>,
  holds: (made: T, bench: Bench) => Promise<void> | void,
): Property {
  return {
    ...facts,
    async attempt(bench, { seed, numRuns, within }) {
      const limit =
        within === undefined ? {} : { interruptAfterTimeLimit: within, markInterruptAsFailure: false };
      const tried = fc.asyncProperty(made, async (one) => holds(one, bench));
      const details = await fc.check(tried, { seed, numRuns, ...limit });
      const reason = details.errorInstance instanceof Error ? `${details.errorInstance.message}\n` : '';
      return {
        runs: details.numRuns,
        failure:
          details.failed && details.counterexample
            ? `${reason}${fc.defaultReportMessage(details)}`
            : undefined,
        input: details.counterexample ? corpusBody(details.counterexample[0]) : undefined,
      };
    },
  };
}

/** A case as a file of the corpus would hold it, if it is or has a body. */
function corpusBody(made: unknown): string | undefined {
  const found = typeof made === 'object' && made !== null ? made : { text: made };
  const body = Object.values(found).find((part) => typeof part === 'string' || part instanceof Uint8Array);
  const bytes = made instanceof Uint8Array ? made : body;
  if (bytes === undefined) return undefined;
  const raw = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes);
  return raw
    .toString('latin1')
    .replaceAll('\\', '\\\\')
    .replace(/[^\n -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const encoder = new TextEncoder();

const formFields = fc.array(
  fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 40 }), fc.nat(2)),
  { maxLength: 20 },
);

/** A field with all, some or no bytes escaped that need not be. */
function escapeBytes(bytes: Uint8Array, how: number): string {
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (byte === 0x20 && how === 1) return '+';
      if (how !== 0 && !'%+&='.includes(character) && (how === 2 || byte > 0x20)) return character;
      return `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

const flatRequests = property(
  { name: 'a flat form is read as it was written', trial: 'property cases', runs: 1000 },
  formFields,
  (fields) => {
    const body = fields
      .map(([key, value, how]) => `${escapeBytes(key, how)}=${escapeBytes(value, how)}`)
      .join('&');
    const form = decodeForm(Buffer.from(body, 'latin1'), undefined);
    const last = new Map(fields.map(([key, value]) => [latin1(key), value]));
    assert.deepEqual([...form.names].sort(), [...last.keys()].sort());
    for (const [key, value] of last) {
      const got = form.get(key) ?? 'nothing';
      assert.deepEqual(Buffer.from(got instanceof Octets ? got.bytes : got), Buffer.from(value));
    }
  },
);

const sendable = (raw: string) =>
  raw.replace(/[\r\n]/g, '').replace(/[^\t\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/gu, '?');

const flatReplies = property(
  { name: 'a flat reply is read as it was written, in both forms', trial: 'property cases', runs: 1000 },
  fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/), fc.oneof(text, fc.string({ unit: 'binary' }))),
  (pairs) => {
    const expected = Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, sendable(value)]));
    const lines = readFlat(writeReply(Object.entries(pairs), 'lines') || '\n\n');
    lines.delete('');
    assert.deepEqual(Object.fromEntries(lines), { ...expected });
    const urlenc = new URLSearchParams(writeReply(Object.entries(pairs), 'urlenc').replace(/&$/, ''));
    assert.deepEqual(Object.fromEntries(urlenc), { ...expected });
  },
);

/** The bytes of a text in one of the encodings that every XML parser reads. */
const inSomeEncoding = (texts: fc.Arbitrary<string>) =>
  fc
    .tuple(texts, fc.constantFrom('utf-8', 'utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be'))
    .map(([whole, encoding]) => {
      const fit = whole.toWellFormed();
      if (encoding === 'utf-8') return { whole: fit, bytes: encoder.encode(fit) };
      if (encoding === 'utf-8 with mark') return { whole: fit, bytes: encoder.encode(`\ufeff${fit}`) };
      const bytes = Buffer.from(`\ufeff${fit.replace(/encoding="utf-8"/, 'encoding="utf-16"')}`, 'utf16le');
      return { whole: fit, bytes: encoding === 'utf-16le' ? bytes : bytes.swap16() };
    });

const xmlRequests = property(
  { name: 'a call is read as it was spelled, in every spelling', trial: 'property cases', runs: 1000 },
  spelledCall,
  ({ xml, name, params }) => {
    const call = readMethodCall(readTree(wellFormed(xml)));
    assert.equal(call.methodName, name);
    assert.equal(call.params.length, params.length);
    for (const [i, param] of params.entries()) {
      assert.ok(
        isSame(call.params[i], param),
        `${JSON.stringify(param)} was read as ${show(call.params[i])}`,
      );
    }
  },
);

/** A value that replies carry: no nil, bytes, booleans or doubles. */
function replyOf(value: Tagged): Reply {
  switch (value[0]) {
    case 'array':
      return value[1].map(replyOf);
    case 'struct':
      // Replies are made of our own names: none of them is what an object has of its own.
      return Object.fromEntries(value[1].map(([name, inner]) => [`m${name}`, replyOf(inner)]));
    case 'int':
      return Number(value[1]) | 0;
    case 'nil':
      return '';
    default:
      return value[1];
  }
}

function tagged(value: Reply): Tagged {
  if (typeof value === 'number') return ['int', String(value)];
  if (typeof value === 'string') return ['string', value.replace(/\ufffd/g, '?')];
  if (Array.isArray(value)) return ['array', value.map(tagged)];
  return [
    'struct',
    Object.entries(value).map(([name, inner]) => [name.replace(/\ufffd/g, '?'), tagged(inner)]),
  ];
}

const asCall = (response: string) =>
  response
    .replace('<methodResponse>', '<methodCall><methodName>x</methodName>')
    .replace('</methodResponse>', '</methodCall>');

const xmlReplies = property(
  { name: 'an XML-RPC reply is read as it was written', trial: 'property cases', runs: 1000 },
  anyValue.map(replyOf),
  (reply) => {
    const { params } = readMethodCall(readTree(wellFormed(asCall(writeResponse(reply)))));
    assert.ok(isSame(params[0], tagged(reply)), `${JSON.stringify(reply)} was read as ${show(params[0])}`);
  },
);

function show(value: Value | undefined): string {
  const plain = (one: unknown): unknown => (one instanceof Map ? Object.fromEntries(one) : one);
  return JSON.stringify(value, (_, one) => plain(one)) ?? 'nothing';
}

const gateway = (() => {
  const store = openSqliteInMemory();
  const ports = testPorts(store);
  const ready = ports.accounts.add(testAccount());
  const settings = { ...defaultSettings, bans: { pair: 'off', sweep: 'off' }, sessionRate: 'off' } as const;
  return ready.then(() => createGateway(ports, settings));
})();

const anyRequest: fc.Arbitrary<EndpointRequest> = fc
  .tuple(anyBytes, anyHeaders)
  .map(([body, { contentType, ...rest }]) => ({
    body,
    contentType,
    context: { address: '192.0.2.1', ...rest },
    facts: requestFacts,
  }));

const unsendable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const atFlatDoor = property(
  { name: 'any bytes at the flat endpoint come to a well-formed reply', trial: 'property cases', runs: 2000 },
  anyRequest,
  async (request) => {
    const reply = await flatEndpoint(await gateway).answer(request);
    const body = textIn(reply);
    assert.doesNotMatch(body, unsendable);
    const pairs = body.includes('\n') ? readFlat(body) : new Map(new URLSearchParams(body.replace(/&$/, '')));
    assert.ok(pairs.has('success'), body);
    if (pairs.get('success') !== 'OK') assert.deepEqual([...pairs.keys()], ['errmsg', 'success']);
    checkReports(reply.reports);
  },
);

const atXmlDoor = property(
  {
    name: 'any bytes at the XML-RPC endpoint come to a well-formed reply',
    trial: 'property cases',
    runs: 2000,
  },
  anyRequest,
  async (request) => {
    const reply = await xmlrpcEndpoint(await gateway).answer(request);
    wellFormed(textIn(reply));
    checkReports(reply.reports);
  },
);

/** One report at least, nothing amiss inside, nothing that would break a line of the log. */
function checkReports(
  reports: readonly { readonly outcome: 'ok' | number; readonly cause?: unknown }[],
): void {
  assert.ok(reports.length > 0);
  for (const report of reports) {
    if (report.cause !== undefined) throw report.cause;
    assert.ok(report.outcome === 'ok' || report.outcome < 500);
    assert.doesNotMatch(JSON.stringify(report), /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|\\u00/u);
  }
}

const compared = 'documents compared with Python and expat';

function agree(whole: string, ours: Ours, theirs: Reading): void {
  const difference = compare(whole, ours, theirs);
  if (difference && 'fault' in difference) assert.fail(difference.fault);
}

const callsToPython = property(
  { name: 'a call means the same to Python', trial: compared, runs: 1500 },
  inSomeEncoding(spelledCall.map(({ xml }) => xml)),
  async ({ bytes }, { python }) => {
    assert.equal(compare('', readOurs(bytes), await python().read(bytes)), undefined);
  },
);

const oddCallsToPython = property(
  {
    name: 'a call gone wrong is refused by both, or the difference is meant',
    trial: compared,
    runs: 3000,
  },
  inSomeEncoding(mutatedCall),
  async ({ whole, bytes }, { python }) => agree(whole, readOurs(bytes), await python().read(bytes)),
);

const callsOfPython = property(
  { name: 'a call that Python writes is read', trial: compared, runs: 500 },
  anyValue,
  async (value, { python }) => {
    const call = readMethodCall(readTree(wellFormed(await python().write('x', value))));
    assert.ok(isSame(call.params[0], value), `${JSON.stringify(value)} was read as ${show(call.params[0])}`);
  },
);

const repliesToPython = property(
  { name: 'a reply is read by Python as it was written', trial: compared, runs: 500 },
  anyValue.map(replyOf),
  async (reply, { python }) => {
    const { params, refused } = await python().read(encoder.encode(writeResponse(reply)));
    assert.deepEqual(params, [tagged(reply)], refused);
  },
);

const rawRequests = property(
  {
    name: 'any bytes on a socket leave the server as it was',
    trial: 'property cases',
    runs: 150,
  },
  anyRequests,
  async (sent, { url }) => {
    // Half closed behind it, so that whatever is cut short is known to be.
    const { replies } = await converse(url, `${sent}\u0101`, Number.POSITIVE_INFINITY, 'closed');
    for (const { status, http } of replies) {
      assert.match(http, /^HTTP\/1\.[01]$/);
      assert.ok(status < 500, `status ${status}`);
    }
    const { connection } = await converse(url, '', 0, 'open');
    assert.equal(connection, 'open');
  },
);

/** All of them. */
export const properties: readonly Property[] = [
  flatRequests,
  flatReplies,
  xmlRequests,
  xmlReplies,
  atFlatDoor,
  atXmlDoor,
  callsToPython,
  oddCallsToPython,
  callsOfPython,
  repliesToPython,
  rawRequests,
];

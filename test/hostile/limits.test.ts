/**
 * What a body costs: none that an endpoint accepts takes many times what an honest one of its size does, and
 * all of them together are answered in little memory.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyLimit } from '../../functions/wire/routes.ts';
import { tally } from '../support/tally.ts';
import { callDocument } from '../support/wire.ts';
import { type Family, families, readFamily } from './corpus.ts';
import type { Cost, CostRequest } from './cost-thread.ts';

let thread: Worker;
let death: Promise<never>;
beforeAll(() => {
  thread = new Worker(new URL('cost-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
  });
  death = once(thread, 'exit').then(() => Promise.reject(new Error('the thread ended')));
  death.catch(() => {});
  thread.on('error', () => {});
});
afterAll(() => thread.terminate());

/** Rejects when the thread ran out of memory. */
async function costOf(wire: CostRequest['wire'], body: Uint8Array): Promise<Cost> {
  thread.postMessage({ wire, body });
  const [cost]: Cost[] = await Promise.race([once(thread, 'message'), death]);
  if (!cost) throw new Error('no answer');
  return cost;
}

/** How many times an honest body's cost another may take; the honest one goes every short way there is. */
const generous = 40;

const fill = (text: string, size = bodyLimit) => text.repeat(Math.floor(size / text.length));
const around = (text: string) => {
  const [before = '', after = ''] = callDocument('LJ.XMLRPC.login', { password: '@' }).split('@');
  return before + fill(text, bodyLimit - before.length - after.length) + after;
};

/** A body as large as it may be, of nothing that is not in an honest one. */
const honest: Readonly<Record<CostRequest['wire'], string>> = {
  flat: `mode=sessionexpire&user=test&password=test${fill('&expire_id_12345=1', bodyLimit - 50)}`,
  xmlrpc: callDocument('LJ.XMLRPC.sessionexpire', {
    username: 'test',
    password: 'test',
    expire: `<array><data>${fill('<value><int>12345</int></value>', bodyLimit - 700)}</data></array>`,
  }),
};

const xmlPieces = [
  '<',
  '>',
  '&',
  '&amp;',
  '&#x41;',
  '<a>',
  '</a>',
  '<a/>',
  '<a>x</a>',
  '<!---->',
  '<!--',
  '<![CDATA[]]>',
  '<![CDATA[',
];
xmlPieces.push(
  '<?p?>',
  '<?p ',
  ' ',
  '\n',
  '\r\n',
  ']',
  ']]',
  '<value>',
  '<value/>',
  '<a b="c"/>',
  '<a b="c" ',
  '<é/>',
  'é',
  '😀',
  '\u1680',
);
const flatPieces = [
  '&',
  '=',
  '%',
  '%4',
  '%41',
  '+',
  'a',
  'a&',
  'a=b&',
  'a=%FF&',
  '%26',
  '%3D',
  '\xff',
  'mode=login&',
  'expire_id_1=1&',
  ';',
  '\n',
];

const dense: readonly (readonly [CostRequest['wire'], string, string])[] = [
  ...xmlPieces.map((piece) => ['xmlrpc', piece, fill(piece)] as const),
  ...xmlPieces.map((piece) => ['xmlrpc', `text ${piece}`, around(piece)] as const),
  ...xmlPieces.map(
    (piece) => ['xmlrpc', `a tag ${piece}`, `<methodCall ${fill(piece, bodyLimit - 20)}/>`] as const,
  ),
  ...flatPieces.map((piece) => ['flat', piece, fill(piece)] as const),
  ...flatPieces.map(
    (piece) => ['flat', `user ${piece}`, `mode=login&user=${fill(piece, bodyLimit - 20)}`] as const,
  ),
];

describe.each(['flat', 'xmlrpc'] as const)('at the endpoint %s no body', (wire) => {
  let limit: number;
  beforeAll(async () => {
    await costOf(wire, Buffer.from(honest[wire]));
    // The dearest of several: some kernels count processor time in pieces longer than one body takes.
    const costs = [];
    for (let i = 0; i < 8; i++) costs.push((await costOf(wire, Buffer.from(honest[wire]))).ms);
    limit = generous * Math.max(...costs);
  });

  test('is dear, of one thing as often as it fits in', async ({ task }) => {
    const bodies = dense.filter(([endpoint]) => endpoint === wire);
    const costs = new Map<string, number>();
    for (const [, what, body] of bodies) costs.set(what, (await costOf(wire, Buffer.from(body))).ms);
    expect([...costs].filter(([, ms]) => ms > limit)).toEqual([]);
    tally(task, 'hostile inputs', bodies.length);
  });

  test('is dear, of all in the corpus, for either endpoint', async () => {
    for (const family of Object.keys(families) as Family[]) {
      for (const { name, requests } of readFamily(family)) {
        for (const { body } of requests()) {
          if (body.length > bodyLimit || body.length < 10_000) continue;
          const { ms, reply } = await costOf(wire, body);
          expect(ms, name).toBeLessThan(limit);
          expect(reply, name).toBeLessThan(20_000);
        }
      }
    }
  });
});

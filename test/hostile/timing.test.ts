/**
 * Nothing is learnt from how long a comparison takes. Every place that compares a secret reads as many
 * characters wherever the first wrong one is: counted, so that no noise can hide it. The comparison
 * itself is timed, too, as dudect does, beside one that stops early, which the same measure catches.
 * @see https://eprint.iacr.org/2016/1123
 */
import { describe, expect, test, vi } from 'vitest';
import type { ClientKeyId } from '../../core/accounts/account.ts';
import { mintChallenge, readChallenge } from '../../core/auth/challenge.ts';
import { type Md5Hex, md5Hex, parseMd5Hex, sameText, sha256Hex } from '../../core/auth/digest.ts';
import { verifyDigest, verifyResponse } from '../../core/auth/verification.ts';
import { type Session, sessionStatus } from '../../core/sessions/session.ts';
import { authDigest, type SessionId } from '../../core/sessions/session-string.ts';
import { edgeAddress } from '../../functions/runtime/caller-address.ts';
import { sessionToken } from '../../functions/web/form-guard.ts';
import { openSqliteInMemory } from '../../infra/stores/sqlite/sqlite-store.ts';
import { times } from '../support/effort.ts';
import { openPages } from '../support/pages-client.ts';
import { testAccount, testPorts, testRandom } from '../support/ports.ts';
import { named, openSite } from '../support/site.ts';
import { tally } from '../support/tally.ts';
import { callDocument } from '../support/wire.ts';

/** A text with another character at a place; hex digits and letters stay what they are. */
function wrongAt(text: string, at: number): string {
  const other = text[at] === 'a' ? 'b' : 'a';
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** How many characters are read one by one while something is done. */
async function charactersRead(work: () => unknown): Promise<number> {
  const reading = vi.spyOn(String.prototype, 'charCodeAt');
  try {
    await work();
    return reading.mock.calls.length;
  } finally {
    reading.mockRestore();
  }
}

const ports = testPorts();
const account = testAccount();
const owner = named('test');
const now = 1_800_000_000;
const session: Session = {
  owner,
  id: 7 as SessionId,
  digest: authDigest('abcdefghijklmnopqrstuvwxyz234567'),
  generation: 0,
  term: 'short',
  created: now,
  expires: now + 60,
};
const { challenge } = mintChallenge(ports.challengeKeys, testRandom(), now, 60);
const response = md5Hex(challenge + md5Hex('test'));
const proof = 'Zk3vQ8xNpL5tR7wYcB2mHsJ4dGfA9uEe';
const keyDigest = sha256Hex(md5Hex('a generated secret'));

/** Where secrets are compared: the right one, and whether what is tried holds. */
const comparisons: readonly (readonly [string, string, (tried: string) => unknown])[] = [
  ['the comparison itself', keyDigest, (tried) => sameText(tried, keyDigest)],
  [
    'a session',
    session.digest,
    (stored) =>
      sessionStatus(
        { owner, id: session.id, auth: 'abcdefghijklmnopqrstuvwxyz234567' },
        { ...session, digest: stored },
        account,
        'unknown' as Parameters<typeof sessionStatus>[3],
        now,
      ) === 'valid',
  ],
  [
    "a challenge's seal",
    challenge.slice(-32),
    (mac) => readChallenge(ports.challengeKeys, challenge.slice(0, -32) + mac, now).kind === 'fresh',
  ],
  [
    'the answer to a challenge',
    response,
    async (tried) => (await verifyResponse(ports, account, challenge, tried as Md5Hex)).kind === 'accepted',
  ],
  [
    'a client key',
    keyDigest,
    async (stored) => {
      const key = { id: 'k' as ClientKeyId, name: 'k', digest: stored, sealed: '', created: now };
      const { password: _, ...without } = account;
      const digest = parseMd5Hex(md5Hex('a generated secret')) ?? response;
      const sent = { method: 'clear', sent: 'hpassword', digest } as Parameters<typeof verifyDigest>[2];
      return (await verifyDigest(ports, { ...without, clientKeys: [key] }, sent)).kind === 'accepted';
    },
  ],
  [
    'the proof of the edge',
    proof,
    (tried) =>
      edgeAddress({ address: '192.0.2.1', viewer: '192.0.2.2:1', proof: tried }, proof) === '192.0.2.2',
  ],
];

describe('as many characters are read wherever the first wrong one is', () => {
  test.for(comparisons)('of %s', async ([, right, holds], { task }) => {
    expect(await holds(right)).toBe(true);
    const whole = await charactersRead(() => holds(right));
    expect(whole).toBeGreaterThanOrEqual(2 * right.length);
    for (let at = 0; at < right.length; at++) {
      const tried = wrongAt(right, at);
      expect(await holds(tried)).toBe(false);
      expect([at, await charactersRead(() => holds(tried))]).toEqual([at, whole]);
    }
    tally(task, 'timing comparisons', right.length);
  });

  test("of a form's token", async ({ task }) => {
    const site = await openSite();
    const browser = openPages(site);
    await browser.signIn();
    const [, , id, auth = ''] = browser.jar.get('ljsession')?.split(':') ?? [];
    const right = sessionToken({ owner, id: Number(id) as SessionId, auth });
    const send = (token: string) => browser.post('/account/sessions/end', { token, id: '1' });
    // What is read only once, at the first request of a process.
    await send('');
    const counts = new Set<number>();
    for (const at of [0, 15, 31]) {
      let status = 0;
      counts.add(
        await charactersRead(async () => {
          status = (await send(wrongAt(right, at))).status;
        }),
      );
      expect(status).toBe(403);
    }
    expect([...counts]).toHaveLength(1);
    const without = await charactersRead(() => send(''));
    expect(Math.min(...counts) - without).toBeGreaterThanOrEqual(2 * right.length);
    expect((await send(right)).status).toBe(303);
    tally(task, 'timing comparisons', 3);
  });
});

/** Nanoseconds that comparisons take whose first wrong character is at the start, and at the end. */
function timed(equal: (a: string, b: string) => boolean, samples: number): readonly [number[], number[]] {
  const right = 'a'.repeat(4096);
  const wrong = [wrongAt(right, 0), wrongAt(right, right.length - 1)] as const;
  const taken: [number[], number[]] = [[], []];
  const random = testRandom('order');
  for (const byte of random.bytes(samples)) {
    const which = byte & 1 ? 1 : 0;
    const start = process.hrtime.bigint();
    equal(right, wrong[which]);
    taken[which].push(Number(process.hrtime.bigint() - start));
  }
  return taken;
}

/** Welch's t of two samples without their slowest tenth, which interruptions make. */
function welch(samples: readonly [number[], number[]]): number {
  const [a, b] = samples.map((all) => {
    const most = all.toSorted((x, y) => x - y).slice(0, Math.floor(all.length * 0.9));
    const mean = most.reduce((sum, one) => sum + one, 0) / most.length;
    const variance = most.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (most.length - 1);
    return { mean, error: variance / most.length };
  });
  if (!a || !b) throw new Error('two samples are wanted');
  return (b.mean - a.mean) / Math.sqrt(a.error + b.error);
}

test('the comparison takes no longer where the texts differ late than where they differ early', ({
  task,
}) => {
  const early = (a: string, b: string) => {
    for (let i = 0; i < a.length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
    return true;
  };
  const samples = times(10_000, 500_000);
  for (const equal of [sameText, early]) timed(equal, 2000);
  expect(Math.abs(welch(timed(early, samples)))).toBeGreaterThan(50);
  const found: number[] = [];
  // Noise makes a large t now and then; a real difference makes one each time.
  while (found.length < 8 && !found.some((t) => t < 5)) found.push(Math.abs(welch(timed(sameText, samples))));
  expect(Math.min(...found)).toBeLessThan(5);
  tally(task, 'timing comparisons', samples);
});

describe('an unknown session and a wrong AUTH part cannot be told apart', () => {
  const guess = 'guessedguessedguessedguessed2345';
  const fields = { mode: 'login', user: 'test', auth_method: 'cookie' };
  const requests: readonly (readonly [string, RequestInit & { readonly path: string }])[] = [
    ['flat', { path: '/interface/flat', method: 'POST', body: new URLSearchParams(fields).toString() }],
    [
      'XML-RPC',
      {
        path: '/interface/xmlrpc',
        method: 'POST',
        body: callDocument('LJ.XMLRPC.login', { username: 'test', auth_method: 'cookie' }),
      },
    ],
    ['the session check', { path: '/session' }],
    ['the pages', { path: '/account', redirect: 'manual' }],
  ];

  /** What a guess shows of itself: the reply, what the store was asked, what was compared. */
  async function shown(
    { path, ...init }: RequestInit & { readonly path: string },
    forge: (session: string) => string,
  ) {
    const asked: string[] = [];
    const store = openSqliteInMemory();
    const noted = <Part extends object>(name: string, part: Part): Part =>
      new Proxy(part, {
        get(target, member, receiver) {
          asked.push(`${name}.${String(member)}`);
          return Reflect.get(target, member, receiver);
        },
      });
    const { records, refused, sessions, accounts, spent } = store;
    const overrides = {
      records: noted('records', records),
      refused: noted('refused', refused),
      sessions: noted('sessions', sessions),
      accounts: noted('accounts', accounts),
      spent: noted('spent', spent),
    };
    const site = await openSite({}, {}, overrides);
    const made = await site.session();
    asked.length = 0;
    const cookie = { Cookie: `ljsession=${forge(made)}`, 'X-LJ-Auth': 'cookie' };
    let reply = new Response();
    const read = await charactersRead(async () => {
      reply = await site.fetch(path, { ...init, headers: cookie });
    });
    return { status: reply.status, headers: [...reply.headers], body: await reply.text(), asked, read };
  }

  test.for(requests)('through %s', async ([, request], { task }) => {
    const wrongAuth = await shown(request, (session) => session.replace(/\w+$/, guess));
    const unknown = await shown(request, (session) =>
      session.replace(/(\d+):\w+$/, (_, id) => `${Number(id) - 1}:${guess}`),
    );
    expect(unknown).toEqual(wrongAuth);
    expect(wrongAuth.asked).toContain('records.read');
    const held = await shown(request, (session) => session);
    expect(held.body).not.toBe(wrongAuth.body);
    tally(task, 'timing comparisons', 2);
  });
});

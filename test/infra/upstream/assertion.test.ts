/** Assertions, and the code with which sites in four languages verify them. @see PROTOCOL §10 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { assertionVoucher } from '../../../infra/upstream/assertion.ts';
import { publicKeySet } from '../../../infra/upstream/assertion-keys.ts';
import type { SiteCall } from '../../../infra/upstream/upstream.ts';
import { testAccount } from '../../support/ports.ts';
import { requireProgram } from '../../support/requirements.ts';
import { keyringOf } from '../secrets/keyrings.ts';

const audience = 'https://old.example.com';
const body = Buffer.from('mode=getevents&user=test');
const keys = keyringOf('new', 'old');
const voucher = assertionVoucher({ issuer: 'gate', audience, keys });
const jwks = async () => JSON.parse(await publicKeySet(keys));

const call: SiteCall = {
  wire: 'flat',
  method: 'getevents',
  account: testAccount(),
  provedBy: 'client-key',
  caller: { agent: undefined, address: undefined },
  contentType: 'text/plain',
  body: () => body,
  largestReply: 1000,
};

async function assertionOf(
  of: Buffer = body,
  by: ReturnType<typeof assertionVoucher> = voucher,
): Promise<string> {
  const vouched = await by.vouch(call, AbortSignal.timeout(10_000));
  if (vouched.kind !== 'vouched') throw new Error(vouched.reason);
  const headers = await vouched.headers(of);
  return headers['Ljgate-Assertion'] ?? '';
}

describe('an assertion', () => {
  test('says who calls what, how that was proved, for which site, for a minute and once', async () => {
    const keySet = createLocalJWKSet(await jwks());
    const options = { audience, issuer: 'gate', algorithms: ['EdDSA'] };
    const { payload, protectedHeader } = await jwtVerify(await assertionOf(), keySet, options);
    const { iat = 0, exp = 0, jti, ...claims } = payload;
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: 'new' });
    expect(exp - iat).toBe(60);
    expect(claims).toEqual({
      iss: 'gate',
      aud: audience,
      sub: 'test',
      userid: testAccount().userid,
      status: 'active',
      auth: 'client-key',
      wire: 'flat',
      method: 'getevents',
      body: expect.stringMatching(/^[\w-]{43}$/),
    });
    const other = await jwtVerify(await assertionOf(), keySet, options);
    expect(other.payload.jti).not.toBe(jti);
  });

  test('is signed by a key of its own, and during a rotation both public keys are given', async () => {
    const { keys: set } = await jwks();
    expect(set.map(({ kid }: { kid: string }) => kid).toSorted()).toEqual(['new', 'old']);
    expect(JSON.stringify(set)).not.toContain('"d"');
    expect(await jwks()).toEqual({ keys: set });
  });
});

/** An assertion with the claims of a good one, changed, under a key of the test's. */
async function forged(change: Record<string, unknown>, kid = 'new'): Promise<string> {
  const [, claims = ''] = (await assertionOf()).split('.');
  const good = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const { privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  return new SignJWT({ ...good, ...change }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey);
}

/** A good one but for its time. */
async function at(seconds: number): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
  try {
    return await assertionOf();
  } finally {
    vi.useRealTimers();
  }
}

function unsigned(assertion: string): string {
  const [, claims] = assertion.split('.');
  const head = Buffer.from(JSON.stringify({ alg: 'none', kid: 'new' })).toString('base64url');
  return `${head}.${claims}.`;
}

/** Signed with the public key as if that were a shared secret. */
async function confused(assertion: string): Promise<string> {
  const [, claims = ''] = assertion.split('.');
  const { keys: set } = await jwks();
  const { x } = set.find(({ kid }: { kid: string }) => kid === 'new');
  const good = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: 'new' }).sign(Buffer.from(x, 'base64url'));
}

const elsewhere = assertionVoucher({ issuer: 'gate', audience: 'https://other.example.com', keys });
const strangers = assertionVoucher({ issuer: 'gate', audience, keys: keyringOf('other') });

/** What a site must make of each. */
async function tries(): Promise<
  readonly (readonly [what: string, assertion: string, body: Buffer, outcome: string])[]
> {
  const good = await assertionOf();
  const [head, , signature] = good.split('.');
  const [, claims] = (await assertionOf()).split('.');
  const refused = 'refused';
  return [
    ['a good one', good, body, 'test'],
    ['the same again', good, body, refused],
    ['another good one', await assertionOf(), body, 'test'],
    ['another body', await assertionOf(), Buffer.from('mode=deleteall'), refused],
    ['for another site', await assertionOf(body, elsewhere), body, refused],
    ['an unknown key', await assertionOf(body, strangers), body, refused],
    ['an unknown key under a known id', await forged({}), body, refused],
    ['no key', await forged({}, ''), body, refused],
    ['a minute and more ago', await at(-70), body, refused],
    ['long before its time', await at(600), body, refused],
    ['unsigned', unsigned(await assertionOf()), body, refused],
    ['signed with the public key', await confused(await assertionOf()), body, refused],
    ['the claims of another', `${head}.${claims}.${signature}`, body, refused],
    ['cut off', (await assertionOf()).slice(0, -5), body, refused],
    ['no assertion', 'x', body, refused],
    ['nothing', '', body, refused],
  ];
}

async function outcomes(command: readonly string[], file: string): Promise<string[]> {
  const [program = '', ...args] = command;
  const path = (url: string) => fileURLToPath(new URL(url, import.meta.url));
  const cases = await tries();
  const child = spawn(program, [
    ...args,
    path(`./programs/try.${file}`),
    path(`../../../infra/guides/upstream/verify.${file}`),
  ]);
  child.stdin.end(
    JSON.stringify({
      jwks: await jwks(),
      audience,
      tries: cases.map(([, assertion, of]) => [assertion, of.toString('base64')]),
    }),
  );
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const got = printed.trim().split('\n');
  if (got.length !== cases.length) throw new Error(`${printed}\n${errors}`);
  return cases.map(([what], i) => `${what}: ${got[i]}`);
}

/** Debian's modules are for Debian's Python. */
const python = requireAny('python3', '/usr/bin/python3');

function requireAny(...programs: readonly string[]): string | undefined {
  const found = programs.find((program) => isThere(program));
  return found ?? (requireProgram('python3', '-c', 'import jwt, cryptography') ? 'python3' : undefined);
}

function isThere(program: string): boolean {
  try {
    return requireProgram(program, '-c', 'import jwt, cryptography');
  } catch {
    return false;
  }
}

describe('the code of the guide refuses a wrong body, site, key, time and a second use', () => {
  const wanted = async () => (await tries()).map(([what, , , outcome]) => `${what}: ${outcome}`);

  test.skipIf(!requireProgram('php', '-r', 'sodium_crypto_sign_keypair();'))(
    'in PHP, with sodium',
    async () => {
      expect(await outcomes(['php'], 'php')).toEqual(await wanted());
    },
  );

  test.skipIf(python === undefined)('in Python, with PyJWT', async () => {
    expect(await outcomes([python ?? ''], 'py')).toEqual(await wanted());
  });

  test.skipIf(!requireProgram('perl', '-MCrypt::JWT', '-e', '1'))('in Perl, with Crypt::JWT', async () => {
    expect(await outcomes(['perl'], 'pl')).toEqual(await wanted());
  });

  test('in Node, with jose', async () => {
    expect(await outcomes([process.execPath], 'mjs')).toEqual(await wanted());
  });
});

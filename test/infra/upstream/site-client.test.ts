/** The client of the site behind, against real servers that do what they should not. @see PROTOCOL §10 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { byteBudget } from '../../../infra/upstream/byte-budget.ts';
import { nodeTransport } from '../../../infra/upstream/node-transport.ts';
import { siteClient } from '../../../infra/upstream/site-client.ts';
import type { SiteCall, Upstream } from '../../../infra/upstream/upstream.ts';
import type { Voucher } from '../../../infra/upstream/voucher.ts';
import { badReplies, hang, large, refuseCredentials } from '../../support/misbehaviours.ts';
import { testAccount } from '../../support/ports.ts';
import { named } from '../../support/site.ts';
import { startUpstreamSite, type UpstreamSite } from '../../support/upstream-site.ts';

const voucher: Voucher = {
  vouch: async () => ({ kind: 'vouched', credentials: [], headers: async () => ({}) }),
};

let site: UpstreamSite;
beforeEach(async () => {
  site = await startUpstreamSite({ way: 'anything' });
});
afterEach(() => site.stop());

function open(options: { timeout?: number; bytes?: number; voucher?: Voucher } = {}): Upstream {
  const { timeout, bytes = 64 * 2 ** 20 } = options;
  return siteClient({
    url: site.url,
    transport: nodeTransport(),
    voucher: options.voucher ?? voucher,
    budget: byteBudget(bytes),
    ...(timeout !== undefined && { timeout }),
  });
}

const call = (overrides: Partial<SiteCall> = {}): SiteCall => ({
  wire: 'flat',
  method: 'getevents',
  account: testAccount(),
  provedBy: 'password',
  caller: { agent: 'Test/1.0', address: '192.0.2.1', scheme: 'https', request: 'r-1' },
  contentType: 'application/x-www-form-urlencoded',
  body: () => Buffer.from('mode=getevents&user=test'),
  largestReply: Number.POSITIVE_INFINITY,
  ...overrides,
});

describe('a call', () => {
  test('brings the site’s bytes and type, and tells it no more of the client than four headers', async () => {
    const upstream = open();
    const reply = await upstream.call(call());
    expect(reply).toMatchObject({ kind: 'answered', contentType: 'text/plain; charset=utf-8' });
    expect(site.received).toHaveLength(1);
    const { headers } = site.received[0] ?? { headers: {} };
    expect(headers).toMatchObject({
      host: site.url.host,
      'user-agent': 'Test/1.0',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
      'x-request-id': 'r-1',
    });
    expect(site.faults).toEqual([]);
  });

  test('goes below the path of the URL', async () => {
    site.url.pathname = '/lj/';
    await open().call(call());
    expect(site.received.map(({ path }) => path)).toEqual(['/lj/interface/flat']);
  });

  test.each(Object.entries(badReplies))('that gets %s fails, and is sent once', async (_, misbehave) => {
    site.misbehave(misbehave);
    expect(await open().call(call())).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the site/),
    });
    expect(site.received).toHaveLength(1);
  });

  test('that gets more than the platform can return fails', async () => {
    site.misbehave(large(1001));
    expect(await open().call(call({ largestReply: 1000 }))).toMatchObject({
      kind: 'failed',
      reason: 'the site: its reply is over 1000 bytes',
    });
    site.misbehave(large(1000));
    expect(await open().call(call({ largestReply: 1000 }))).toMatchObject({ kind: 'answered' });
  });

  test('to a site that hangs, or that sends a byte now and then, ends in time', async () => {
    const upstream = open({ timeout: 300 });
    const inTime = { kind: 'failed', reason: 'the site did not answer in time' };
    site.misbehave(hang);
    expect(await upstream.call(call())).toMatchObject(inTime);
    site.misbehave((_, outgoing) => {
      outgoing.writeHead(200, { 'Content-Type': 'text/plain' });
      const drip = setInterval(() => outgoing.write('a'), 20);
      outgoing.on('close', () => clearInterval(drip));
    });
    expect(await upstream.call(call())).toMatchObject(inTime);
    expect(site.received).toHaveLength(2);
  });

  test('to nobody fails', async () => {
    await site.stop();
    expect(await open().call(call())).toMatchObject({ kind: 'failed', reason: 'the site cannot be reached' });
  });

  test('on a kept connection that the site closed meanwhile is not sent twice', async () => {
    const upstream = open();
    await upstream.call(call());
    site.misbehave((incoming) => incoming.socket.resetAndDestroy());
    for (let i = 0; i < 3; i++) await upstream.call(call());
    site.misbehave(undefined);
    const sent = 5;
    await upstream.call(call());
    expect(site.received.length).toBe(sent);
  });

  test('whose caller cannot be vouched for is not sent, and does not count against the site', async () => {
    const reason = 'test has no secret for it';
    const upstream = open({ voucher: { vouch: async () => ({ kind: 'impossible', reason }) } });
    for (let i = 0; i < 10; i++) {
      expect(await upstream.call(call())).toMatchObject({ kind: 'failed', reason: `the site: ${reason}` });
    }
    expect([site.received.length, upstream.state()]).toEqual([0, 'ok']);
  });
});

describe('credentials that the site refuses', () => {
  test.each([
    ['flat', 101, 'Invalid password'],
    ['flat', 105, 'Challenge expired'],
    [
      'flat',
      402,
      'Client error: Your IP address is temporarily banned for exceeding the login failure rate.',
    ],
    ['xmlrpc', 101, 'Invalid password'],
    ['xmlrpc', 105, 'Challenge expired'],
    ['xmlrpc', 402, 'Your IP address is temporarily banned'],
  ] as const)('on %s, %i: for five minutes nothing is sent for that account', async (wire, code, text) => {
    const upstream = open();
    site.misbehave(refuseCredentials(wire, code, text));
    const sent = await upstream.call(call({ wire }));
    expect(sent).toMatchObject({ kind: 'failed', reason: expect.stringContaining('told about test') });
    site.misbehave(undefined);
    expect(await upstream.call(call({ wire }))).toMatchObject({ kind: 'failed' });
    expect(site.received).toHaveLength(1);
    const other = testAccount({ username: named('other') });
    expect(await upstream.call(call({ account: other }))).toMatchObject({ kind: 'answered' });
    expect(upstream.state()).toBe('ok');
  });

  test('are no other refusals: those are the caller’s own', async () => {
    const upstream = open();
    site.misbehave(refuseCredentials('flat', 200, 'Client error: Unknown metadata: nosuch'));
    for (let i = 0; i < 7; i++) expect(await upstream.call(call())).toMatchObject({ kind: 'answered' });
  });
});

describe('a site that fails', () => {
  test('is left alone after five failures, and asked again after a while', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const upstream = open();
    site.misbehave(badReplies['an HTTP error']);
    for (let i = 0; i < 5; i++) await upstream.call(call());
    expect(upstream.state()).toBe('failing');
    site.misbehave(undefined);
    expect(await upstream.call(call())).toMatchObject({
      reason: 'the site fails; nothing is sent to it for some seconds',
    });
    expect(site.received).toHaveLength(5);
    vi.setSystemTime(Date.now() + 11_000);
    expect(await upstream.call(call())).toMatchObject({ kind: 'answered' });
    expect(upstream.state()).toBe('ok');
    vi.useRealTimers();
  });

  test('has at most 128 calls to answer at once; others fail at once', async () => {
    const upstream = open({ timeout: 2000 });
    site.misbehave(hang);
    const calls = Array.from({ length: 140 }, () => upstream.call(call()));
    const first = await Promise.race(calls);
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('128 calls to answer') });
    await Promise.all(calls);
    expect(site.received).toHaveLength(128);
  });
});

test('replies wait for room, and go through one after another', async () => {
  const upstream = open({ bytes: 3 * 2 ** 20 });
  site.misbehave(large(2 ** 20));
  let held = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const reply = await upstream.call(call());
      if (reply.kind !== 'answered') throw new Error(reply.reason);
      held += reply.body.length;
      most = Math.max(most, held);
      await new Promise((resolve) => setTimeout(resolve, 5));
      held -= reply.body.length;
      reply.release();
    }),
  );
  expect(most).toBeLessThanOrEqual(3 * 2 ** 20);
});

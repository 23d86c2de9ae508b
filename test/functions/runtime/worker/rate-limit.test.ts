/** The Worker's limit by address: what it costs those who behave, and what becomes of it when it fails. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Gateway } from '../../../../core/protocol/gateway.ts';
import type { RateLimiter } from '../../../../functions/runtime/worker/environment.ts';
import { limitedGateway } from '../../../../functions/runtime/worker/rate-limit.ts';

const gateway: Gateway = {
  answer: async () => ({ ok: false, refusal: { code: 101 } }),
  admit: async () => ({ ok: false, refusal: { code: 101 } }),
};

async function codeWith(limiter: RateLimiter | undefined): Promise<number | 'ok'> {
  const context = { address: '192.0.2.1', agent: undefined, cookie: undefined, ljAuth: undefined };
  const call = { method: 'getchallenge', args: new Map(), context } as const;
  const answer = await limitedGateway(gateway, limiter).answer(call);
  return answer.ok ? 'ok' : answer.refusal.code;
}

test.each<[string, RateLimiter | undefined, number]>([
  ['that refuses is 406', { limit: async () => ({ success: false }) }, 406],
  ['that admits lets the call on', { limit: async () => ({ success: true }) }, 101],
  ['that fails lets the call on', { limit: () => Promise.reject(new Error('down')) }, 101],
  ['that never answers lets the call on after a moment', { limit: () => new Promise(() => {}) }, 101],
  ['that is not there lets the call on', undefined, 101],
])('a limiter %s', async (_, limiter, code) => {
  expect(await codeWith(limiter)).toBe(code);
});

test('a backup program, or an office behind one address, stays under it', () => {
  const text = readFileSync(new URL('../../../../wrangler.jsonc', import.meta.url), 'utf8');
  const [, limit, period] = /"limit": (\d+), "period": (\d+)/.exec(text) ?? [];
  const perSecond = Number(limit) / Number(period);
  // Two calls an entry, ten entries a second; or a hundred people who each make a call every five seconds.
  expect(perSecond).toBeGreaterThanOrEqual(20);
});

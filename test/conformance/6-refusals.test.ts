/** PROTOCOL §6: one table, two wires. */
import { describe, expect, test } from 'vitest';
import { HasherBusy, StoreFailed, StoreUnavailable } from '../../core/failures.ts';
import type { RecordReader } from '../../core/ports.ts';
import { type RefusalCode, refusalText } from '../../core/protocol/refusal.ts';
import { testHasher } from '../support/ports.ts';
import { openSite, right, wrong } from '../support/site.ts';
import { callDocument } from '../support/wire.ts';

test.each<[RefusalCode, string]>([
  [100, 'Invalid username'],
  [101, 'Invalid password'],
  [105, 'Challenge expired'],
  [200, 'Client error: Missing required argument(s)'],
  [201, 'Client error: Unknown method'],
  [202, 'Client error: Too many arguments'],
  [203, 'Client error: Invalid argument(s)'],
  [208, 'Client error: Invalid text encoding'],
  [305, 'Client error: Action forbidden; account is suspended.'],
  [308, 'Client error: Account is locked and cannot be used.'],
  [309, 'Client error: Account is marked as a memorial.'],
  [402, 'Client error: Your IP address is temporarily banned for exceeding the login failure rate.'],
  [406, "Client error: Client is making repeated requests.  Perhaps it's broken?"],
  [500, 'Server error: Internal server error'],
  [501, 'Server error: Database error'],
  [502, 'Server error: Database temporarily unavailable'],
  [507, 'Server error: Method temporarily disabled; try again later.'],
])('%i is spelled "%s"', (code, text) => {
  expect(refusalText({ code })).toBe(text);
});

test('a detail may follow a text', () => {
  expect(refusalText({ code: 203, detail: 'expire' })).toBe('Client error: Invalid argument(s): expire');
});

describe('a refused call', () => {
  test.each(['login', 'sessiongenerate', 'sessionexpire'])(
    '%s over flat: success, errmsg and nothing else',
    async (mode) => {
      const site = await openSite();
      const body = `mode=${mode}&user=test&password=wrong&getmoods=0`;
      const reply = await site.fetch('/interface/flat', { method: 'POST', body });
      expect(await reply.text()).toBe('errmsg\nInvalid password\nsuccess\nFAIL\n');
    },
  );

  test('over XML-RPC: a fault with an int code and the text', async () => {
    const site = await openSite();
    const body = callDocument('LJ.XMLRPC.login', wrong);
    const reply = await site.fetch('/interface/xmlrpc', { method: 'POST', body });
    expect(await reply.text()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><methodResponse><fault><value><struct>' +
        '<member><name>faultCode</name><value><int>101</int></value></member>' +
        '<member><name>faultString</name><value><string>Invalid password</string></value></member>' +
        '</struct></value></fault></methodResponse>',
    );
  });
});

describe('when something goes wrong inside', () => {
  const failing = (error: Error): { records: RecordReader } => ({
    records: { read: () => Promise.reject(error) },
  });

  test.each([
    [500, new Error('secret detail at /etc/passwd')],
    [501, new StoreFailed('table prod-users is broken')],
    [502, new StoreUnavailable('connect ECONNREFUSED 10.0.0.7')],
  ])('refusal %i, with nothing internal on the wire and the cause in the log', async (code, cause) => {
    const site = await openSite({}, {}, failing(cause));
    const replies = [await site.call('flat', 'login', right), await site.call('xmlrpc', 'login', right)];
    const text = refusalText({ code } as { code: 500 });
    expect(replies.map(({ why }) => why)).toEqual([text, `${code} ${text}`]);
    expect(site.log.map(({ calls }) => calls[0])).toEqual([
      expect.objectContaining({ outcome: code, cause }),
      expect.objectContaining({ outcome: code, cause }),
    ]);
  });

  test('refusal 507 when too many passwords wait to be hashed', async () => {
    const hasher = { ...testHasher(), verify: () => Promise.reject(new HasherBusy()) };
    const site = await openSite({}, {}, { hasher });
    expect((await site.call('flat', 'login', right)).why).toBe(
      'Server error: Method temporarily disabled; try again later.',
    );
  });

  test('getchallenge needs no store, so it answers through an outage', async () => {
    const site = await openSite({}, {}, failing(new StoreUnavailable('down')));
    expect((await site.call('flat', 'getchallenge')).ok).toBe(true);
  });
});

test('no credential reaches the log', async () => {
  const site = await openSite();
  await site.call('flat', 'login', { ...wrong, password: 'MARKED-password', clientversion: 'x/1' });
  await site.call('xmlrpc', 'login', { username: 'test', hpassword: 'f'.repeat(32) });
  const session = await site.session();
  await site.isAlive(session);
  const log = JSON.stringify(site.log);
  for (const secret of ['MARKED', 'f'.repeat(32), session.split(':')[3] ?? '?'])
    expect(log).not.toContain(secret);
});

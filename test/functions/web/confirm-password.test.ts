/** The password that a change asks for: what its owner is told when it was not looked at. */
import { expect, test } from 'vitest';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { sessionIdOf } from '../../../core/sessions/session-string.ts';
import { confirmPassword } from '../../../functions/web/account/confirm-password.ts';
import { webContext } from '../../../functions/web/web-context.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { testAccount, testPorts } from '../../support/ports.ts';

test.each([
  [101, 'That is not your current password.', 422],
  [402, 'Too many attempts failed. Wait a few minutes, then try again.', 429],
  [406, 'Too much was asked from your address. Wait a minute, then try again.', 429],
] as const)('refused with %i, it says: %s', async (code, text, status) => {
  const refusing = async () => ({ ok: false, refusal: { code } }) as const;
  const gateway: Gateway = { answer: refusing, admit: refusing };
  const store = openSqliteInMemory();
  const account = testAccount();
  const [owner, id] = [account.username, sessionIdOf(1)];
  const times = { created: 0, expires: 60 };
  const session = { owner, id, digest: 'd', generation: 0, term: 'short', ...times } as const;
  const request = {
    services: webContext({ gateway, ports: testPorts(store), store, identity: {} }),
    verified: { account, session, claim: { owner, id, auth: 'a' } },
    address: '192.0.2.1',
    agent: undefined,
    form: new URLSearchParams({ password: 'test' }),
  };
  expect(await confirmPassword(request)).toEqual({ text, status, code });
});

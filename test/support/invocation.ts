/** Calls without a wire: to the gateway, and to a method alone. */
import type { Account } from '../../core/accounts/account.ts';
import type { SecretUsed } from '../../core/auth/verification.ts';
import type { Ports } from '../../core/ports.ts';
import type { OpenCall } from '../../core/protocol/call.ts';
import { defaultSettings, type Settings } from '../../core/protocol/gateway-settings.ts';
import type { AccountInvocation } from '../../core/protocol/methods/definition.ts';
import type { Value } from '../../core/protocol/values.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';

/** A call from 192.0.2.1 whose credentials were verified. */
export function invocationOf(
  ports: Ports,
  account: Account,
  args: Readonly<Record<string, Value>>,
  settings: Settings = defaultSettings,
  agent?: string,
  used: SecretUsed = { kind: 'password' },
  sessions: ReadonlyMap<SessionId, Session> = new Map(),
): AccountInvocation {
  const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent };
  return { ports, settings, account, used, sessions, args: new Map(Object.entries(args)), context };
}

/** A call for a challenge. */
export const challengeCall: OpenCall = {
  method: 'getchallenge',
  args: new Map(),
  context: { address: undefined, cookie: undefined, ljAuth: undefined, agent: undefined },
};

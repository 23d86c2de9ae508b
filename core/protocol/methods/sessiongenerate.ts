/** sessiongenerate: makes a session, whose string other parts of the site accept as a cookie. */
import { networkOf, unknownNetwork } from '../../auth/network.ts';
import type { SecretUsed } from '../../auth/verification.ts';
import { createSession, type NewSession } from '../../sessions/create-session.ts';
import { isTrue, textOf } from '../values.ts';
import { accountMethod, type DeclaredArguments } from './definition.ts';

/** The result of sessiongenerate. */
export interface SessionResult {
  readonly ljsession: string;
}

/** Makes a session in the account's present generation. @see PROTOCOL §5 */
export const sessiongenerate = accountMethod({
  help: 'Gives a session for the ljsession cookie.',
  signatures: [['struct', 'struct']],
  arguments: {
    expiration: { kind: 'choice', choices: { short: '24 hours', long: '30 days' } },
    ipfixed: { kind: 'boolean', help: 'valid only from the address that asks' },
    bindtoip: { kind: 'boolean', olderNameOf: 'ipfixed' },
  },
  result: { ljsession: 'string ws:USER:NUMBER:AUTH: the value of the cookie ljsession' },
  example: { username: 'test', password: 'test', ver: '1', expiration: 'long' },
  whenLocked: 'refused',
  makesSession: true,
  refusals: [203, 406],
  // Such a session would hold for nobody, or for all whose address cannot be told.
  refusal: ({ args, context }) =>
    isBound(args) && networkOf(context.address) === unknownNetwork
      ? { code: 203, detail: 'ipfixed' }
      : undefined,
  async run({ ports, account, used, args, context }): Promise<SessionResult> {
    const now = Math.floor(ports.clock.now() / 1000);
    const ljsession = await createSession(ports, account, {
      term: textOf(args.get('expiration')) === 'long' ? 'long' : 'short',
      agent: context.agent,
      ...(isBound(args) && { network: networkOf(context.address) }),
      ...inherited(used, now),
    });
    return { ljsession };
  },
});

function isBound(args: DeclaredArguments<'ipfixed' | 'bindtoip'>): boolean {
  return isTrue(args.get('ipfixed')) || isTrue(args.get('bindtoip'));
}

/**
 * What a new session takes over from the credential that it was made with. From a session that is also the
 * network and the end.
 */
function inherited(used: SecretUsed, now: number): Pick<NewSession, 'via' | 'network' | 'endsBy'> {
  switch (used.kind) {
    case 'password':
    case 'bcrypt':
      return { via: { by: 'password', at: now } };
    case 'clientKey':
      return { via: { by: 'clientKey', key: used.key.id } };
    case 'session': {
      const { via, network, expires } = used.session;
      return { via, endsBy: expires, ...(network !== undefined && { network }) };
    }
  }
}

/** getchallenge: needs no account and asks no store. */
import { mintChallenge } from '../../auth/challenge.ts';
import { openMethod } from './definition.ts';

/** Mints a challenge. @see PROTOCOL §4 */
export const getchallenge = openMethod({
  help: 'Gives a challenge for auth_method "challenge", good once and for a minute.',
  signatures: [['struct'], ['struct', 'struct']],
  arguments: {},
  result: {
    challenge: 'string: to be answered with md5_hex(challenge + md5_hex(password))',
    auth_scheme: 'string: c0',
    expire_time: 'int: when the challenge is past its time, in Unix seconds',
    server_time: 'int: now, in Unix seconds',
  },
  example: {},
  async run({ ports, settings }) {
    const now = Math.floor(ports.clock.now() / 1000);
    const { challengeKeys, random, spent } = ports;
    return mintChallenge(challengeKeys, random, now, settings.challengeLifetime, spent.epoch);
  },
});

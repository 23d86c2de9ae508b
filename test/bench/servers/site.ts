/** The same work as ljgate's, done in memory and with no more care than a quick server takes. */
import { createHash, randomBytes } from 'node:crypto';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const open = new Set<string>();
const passwords = new Map([['test', md5('test')]]);

/** A challenge, good once. */
export function getchallenge() {
  const now = Math.floor(Date.now() / 1000);
  const challenge = `c0:${now}:60:${randomBytes(20).toString('hex')}`;
  open.add(challenge);
  return { challenge, auth_scheme: 'c0', expire_time: now + 60, server_time: now };
}

/** The profile of the account `test`, or `undefined` when the credentials do not hold. */
export function login(call: unknown) {
  const { username, auth_challenge: challenge, auth_response: response } = call as Record<string, string>;
  const password = passwords.get(username ?? '');
  if (challenge === undefined || !open.delete(challenge)) return undefined;
  return response === md5(challenge + password) ? profile : undefined;
}

const profile = {
  userid: 3,
  fullname: 'Test Account',
  message: 'Welcome to ljgate. This is the message that the account "test" gets at every login.',
  friendgroups: [
    { id: 30, name: 'Друзья', sortorder: 0, public: 1 },
    { id: 2, name: 'Work', sortorder: 5, public: 0 },
    { id: 5, name: 'Book Club', sortorder: 10, public: 1 },
    { id: 6, name: 'Café & Crème', sortorder: 10, public: 0 },
    { id: 1, name: 'Family', sortorder: 20, public: 0 },
  ],
  usejournals: ['demo_community', 'news', 'test2'],
};

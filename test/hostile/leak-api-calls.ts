/** Everything that a site's own code can ask with a secret in it, and what it is refused with. */
import { md5Hex } from '../../core/auth/digest.ts';
import { type Asked, authOf, type Outputs, revealing, secrets } from './leak-outputs.ts';

const address = '192.0.2.7';

/** Asks everything. */
export async function everyApiCall(outputs: Outputs, { ask }: Asked, token: string): Promise<void> {
  const tell = async (what: string, body?: unknown, Authorization = `Bearer ${token}`): Promise<string> => {
    const [method = '', path = ''] = what.split(' ');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { ...revealing, Authorization, 'Content-Type': 'application/json' };
    const reply = await ask(`/api/v1${path}`, { method, headers, ...(text !== undefined && { body: text }) });
    const answer = await reply.text();
    outputs.add(`reply to ${what} of the interface`, `${JSON.stringify([...reply.headers])} ${answer}`);
    return answer;
  };
  const password = secrets['password set over the interface'];
  const guess = secrets['wrong password'];
  const upstreamKey = secrets['upstream key'];
  const username = 'of_the_site';
  const account = `/accounts/${username}`;

  for (const _ of ['made', 'taken']) await tell('POST /accounts', { username, password });
  await tell('POST /accounts', { username: 'a b', password: [password], passwort: password });
  await tell('POST /accounts', `{"username": "${guess}" nonsense}`);
  await tell(`PATCH ${account}`, { password });
  await tell(`PUT ${account}/password`, { password });
  await tell(`PUT ${account}/password`, { password: { password } });
  await tell(`PUT ${account}/upstream-key`, { secret: upstreamKey });
  await tell(`PUT ${account}/upstream-key`, { secret: [upstreamKey] });
  for (const shown of [
    { password },
    { password: guess },
    { hpassword: md5Hex(password) },
    { hpassword: md5Hex(guess) },
    { session: guess },
    { challenge: guess, response: md5Hex(guess) },
    { password: [password], adress: password },
  ]) {
    await tell('POST /verify', { username, address, ...shown });
    const made = await tell(`POST ${account}/sessions`, { address, ...shown });
    const session = /ws:\w+:\d+:\w+/.exec(made)?.[0];
    if (session === undefined) continue;
    outputs.mark('session of the interface', authOf(session));
    await tell('POST /sessions/check', { session, address });
    await tell('POST /sessions/check', { session: [session], address });
  }
  await tell('POST /sessions/check', { session: guess, address });
  const key = /"secret":"(\w{32})"/.exec(await tell(`POST ${account}/keys`, { name: 'robot' }))?.[1];
  if (key !== undefined) outputs.mark('client key of the interface', key);
  for (const list of [account, `${account}/keys`, `${account}/sessions`, '/accounts', '/token']) {
    await tell(`GET ${list}`);
  }
  await tell(`GET /bans?username=${username}`);
  await tell(`DELETE ${account}/keys/nothing`);
  await tell('GET /token', undefined, `Bearer ${secrets['authorization header']}`);
  await tell('GET /token', undefined, `Bearer ${token}x`);
  await tell(`DELETE ${account}`);
}

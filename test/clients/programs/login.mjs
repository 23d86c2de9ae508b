/** npm's xmlrpc: a whole acquaintance with the gateway at the URL given, told as JSON. */
import { createHash } from 'node:crypto';
import xmlrpc from 'xmlrpc';

const url = process.argv[2];
const server = xmlrpc.createClient({ url });
const md5 = (text) => createHash('md5').update(text).digest('hex');

function attempt(method, args, client = server) {
  const { promise, resolve, reject } = Promise.withResolvers();
  client.methodCall(`LJ.XMLRPC.${method}`, args ? [args] : [], (error, value) => {
    if (!error) resolve(value);
    else if ('faultCode' in error) resolve({ faultCode: error.faultCode, faultString: error.faultString });
    else reject(error);
  });
  return promise;
}

async function byChallenge(more) {
  const { challenge } = await attempt('getchallenge');
  return {
    username: 'test',
    auth_method: 'challenge',
    auth_challenge: challenge,
    auth_response: md5(challenge + md5('test')),
    ver: 1,
    ...more,
  };
}

function byCookie({ ljsession }) {
  const browser = xmlrpc.createClient({ url, cookies: true, headers: { 'X-LJ-Auth': 'cookie' } });
  browser.setCookie('ljsession', ljsession);
  return attempt('login', { username: 'test', auth_method: 'cookie', ver: 1 }, browser);
}

const seen = { getchallenge: await attempt('getchallenge') };
const wishes = { getmoods: 0, getmenus: 1, getpickws: 1, getpickwurls: 1, getcaps: 1 };
seen.login = await attempt('login', await byChallenge(wishes));
seen.unicode = await attempt('login', { username: 'demo_unicode', password: 'demo', ver: 1 });
const first = await attempt('sessiongenerate', await byChallenge({ expiration: 'long' }));
const second = await attempt('sessiongenerate', await byChallenge());
seen.sessiongenerate = first;
seen.alive = await byCookie(first);
const one = [Number(first.ljsession.split(':')[2])];
seen.expire = await attempt('sessionexpire', await byChallenge({ expire: one }));
seen.expired = await byCookie(first);
seen.spared = await byCookie(second);
seen.expireall = await attempt('sessionexpire', await byChallenge({ expireall: true }));
seen.expiredToo = await byCookie(second);
seen.wrong = await attempt('login', { username: 'test', password: 'wrong', ver: 1 });
console.log(JSON.stringify(seen));

// @ts-check
/** Calls of the protocol as requests; nothing here touches the page. */

/**
 * @typedef {'flat' | 'xmlrpc'} Wire
 * @typedef {'none' | 'clear' | 'hpassword' | 'challenge' | 'cookie'} Auth
 * @typedef {object} Call
 * @property {Wire} wire
 * @property {string} method
 * @property {string} username
 * @property {string} password
 * @property {Auth} auth
 * @property {readonly (readonly [name: string, value: string])[]} args
 * @property {readonly (readonly [name: string, items: readonly string[]])[]} lists
 */

/** Where each wire's endpoint is. */
export const paths = { flat: '/interface/flat', xmlrpc: '/interface/xmlrpc' };

/** What each wire's requests are. */
export const types = { flat: 'application/x-www-form-urlencoded', xmlrpc: 'text/xml' };

/**
 * The arguments that say who is calling.
 * @param {Call} call
 * @param {{ challenge: string, response: string }} answer
 * @param {(text: string) => string} md5Hex
 * @returns {[name: string, value: string][]}
 */
export function credentials({ username, password, auth, wire }, answer, md5Hex) {
  if (auth === 'none') return [];
  /** @type {[string, string]} */
  const who = [wire === 'flat' ? 'user' : 'username', username];
  switch (auth) {
    case 'clear':
      return [who, ['auth_method', 'clear'], ['password', password]];
    case 'hpassword':
      return [who, ['auth_method', 'clear'], ['hpassword', md5Hex(password)]];
    case 'challenge':
      return [
        who,
        ['auth_method', 'challenge'],
        ['auth_challenge', answer.challenge],
        ['auth_response', answer.response],
      ];
    case 'cookie':
      return [who, ['auth_method', 'cookie']];
  }
}

/**
 * Every argument of a flat call, in order.
 * @param {Call} call
 * @param {readonly (readonly [string, string])[]} who
 * @returns {(readonly [string, string])[]}
 */
export function flatFields({ method, args, lists }, who) {
  const items = lists.flatMap(([name, list]) =>
    list.map((item) => /** @type {const} */ ([`${name}_id_${item}`, '1'])),
  );
  return [['mode', method], ...who, ['ver', '1'], ...args, ...items];
}

/**
 * The body of a request.
 * @param {Call} call
 * @param {readonly (readonly [string, string])[]} who
 */
export function bodyOf(call, who) {
  if (call.wire === 'flat') {
    return flatFields(call, who)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
  }
  const members = [...who, /** @type {const} */ (['ver', '1']), ...call.args].map(([name, value]) =>
    member(name, `<string>${escapeXml(value)}</string>`),
  );
  for (const [name, list] of call.lists) {
    const items = list.map((item) => `<value><string>${escapeXml(item)}</string></value>`);
    members.push(member(name, `<array><data>${items.join('')}</data></array>`));
  }
  return (
    '<?xml version="1.0"?>\n' +
    `<methodCall><methodName>LJ.XMLRPC.${call.method}</methodName><params><param><value><struct>\n` +
    `${members.join('\n')}\n</struct></value></param></params></methodCall>`
  );
}

/**
 * @param {string} name
 * @param {string} value
 */
function member(name, value) {
  return `<member><name>${name}</name><value>${value}</value></member>`;
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The call that asks for a challenge.
 * @param {Wire} wire
 * @returns {Call}
 */
export function challengeCall(wire) {
  return { wire, method: 'getchallenge', username: '', password: '', auth: 'none', args: [], lists: [] };
}

/**
 * The challenge in a reply, or '' when there is none.
 * @param {Wire} wire
 * @param {string} reply
 */
export function challengeIn(wire, reply) {
  const pattern = wire === 'flat' ? /^challenge\n(.*)$/m : /<name>challenge<\/name><value><string>([^<]*)/;
  return pattern.exec(reply)?.[1] ?? '';
}

/**
 * Why a reply refuses, or '' when it does not.
 * @param {Wire} wire
 * @param {string} reply
 */
export function refusalIn(wire, reply) {
  if (wire === 'xmlrpc') {
    if (!reply.includes('<fault>')) return '';
    return unescapeXml(/<name>faultString<\/name><value><string>([^<]*)/.exec(reply)?.[1] ?? 'a fault');
  }
  const lines = reply.split('\n');
  const at = (/** @type {string} */ key) => lines.find((_, i) => i % 2 === 1 && lines[i - 1] === key);
  return at('success') === 'OK' ? '' : (at('errmsg') ?? 'the reply has no success');
}

/** @param {string} text */
function unescapeXml(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

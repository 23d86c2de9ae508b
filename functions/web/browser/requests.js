// @ts-check
/** Calls of the protocol as requests, and as commands to copy; nothing here touches the page. */

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
 * @property {readonly string[]} expire ids of sessions
 */

/** Where each wire's door is. */
export const paths = { flat: '/interface/flat', xmlrpc: '/interface/xmlrpc' };

/** What each wire's requests are. */
export const types = { flat: 'application/x-www-form-urlencoded', xmlrpc: 'text/xml' };

/** Stands in a command for what only the machine that runs it can work out. */
const unknown = { challenge: '\u0001challenge\u0001', response: '\u0001response\u0001' };

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
function flatFields({ method, args, expire }, who) {
  /** @type {[string, string][]} */
  const ids = expire.map((id) => [`expire_id_${id}`, '1']);
  return [['mode', method], ...who, ['ver', '1'], ...args, ...ids];
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
  const ids = call.expire.map((id) => `<value><string>${escapeXml(id)}</string></value>`).join('');
  if (ids !== '') members.push(member('expire', `<array><data>${ids}</data></array>`));
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
  return { wire, method: 'getchallenge', username: '', password: '', auth: 'none', args: [], expire: [] };
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
 * A text as one word of a shell; what only the shell knows stands outside the quotes.
 * @param {string} text
 */
function word(text) {
  const quoted = `'${text.replaceAll("'", "'\\''")}'`;
  return quoted.replaceAll(unknown.challenge, `'"$challenge"'`).replaceAll(unknown.response, `'"$response"'`);
}

/**
 * A call as commands for a shell with curl.
 * @param {Call} call
 * @param {string} origin
 * @param {(text: string) => string} md5Hex
 */
export function curlOf(call, origin, md5Hex) {
  const command = (/** @type {Call} */ each, /** @type {readonly string[]} */ options) => {
    const who = credentials(each, unknown, md5Hex);
    const data =
      each.wire === 'flat'
        ? flatFields(each, who).map((pair) => `--data-urlencode ${word(pair.join('='))}`)
        : [`-H 'Content-Type: text/xml'`, `--data-binary ${word(bodyOf(each, who))}`];
    return ['curl -s', ...options, ...data, word(origin + paths[each.wire])].join(' \\\n  ');
  };
  const cookie =
    call.auth === 'cookie' ? ["-H 'X-LJ-Auth: cookie'", "-b 'ljsession=PUT_YOUR_SESSION_HERE'"] : [];
  if (call.auth !== 'challenge') return command(call, cookie);
  const pick =
    call.wire === 'flat'
      ? "grep -A1 '^challenge$' | tail -n1"
      : "sed -n 's/.*<name>challenge<\\/name><value><string>\\([^<]*\\).*/\\1/p'";
  return [
    `challenge=$(${command(challengeCall(call.wire), [])} | ${pick})`,
    `digest=$(printf %s ${word(call.password)} | md5sum | cut -c1-32)`,
    'response=$(printf %s "$challenge$digest" | md5sum | cut -c1-32)',
    command(call, []),
  ].join('\n');
}

/**
 * A call as a Python program.
 * @param {Call} call
 * @param {string} origin
 * @param {(text: string) => string} md5Hex
 */
export function pythonOf(call, origin, md5Hex) {
  const { wire, method, auth, args, expire } = call;
  const text = JSON.stringify;
  const url = text(origin + paths[wire]);
  const isFlat = wire === 'flat';
  const value = (/** @type {string} */ raw) => {
    if (raw === unknown.challenge) return 'challenge';
    return raw === unknown.response ? 'md5(challenge + md5(password))' : text(raw);
  };
  const who = credentials(call, unknown, md5Hex);
  const fields = isFlat ? flatFields(call, who) : [...who, /** @type {const} */ (['ver', '1']), ...args];
  const lines = fields.map(([name, raw]) => `    ${text(name)}: ${value(raw)},`);
  if (!isFlat && expire.length > 0) lines.push(`    "expire": ${text(expire)},`);
  const cookie = 'ljsession=PUT_YOUR_SESSION_HERE';
  const setup = isFlat
    ? [
        'from urllib.parse import urlencode',
        'from urllib.request import Request, urlopen',
        '',
        'def call(fields):',
        `    request = Request(${url}, urlencode(fields).encode())`,
        ...(auth === 'cookie'
          ? [
              `    request.add_header("X-LJ-Auth", "cookie")`,
              `    request.add_header("Cookie", ${text(cookie)})`,
            ]
          : []),
        '    lines = urlopen(request).read().decode().split("\\n")',
        '    return dict(zip(lines[::2], lines[1::2]))',
      ]
    : [
        'from xmlrpc.client import ServerProxy',
        '',
        auth === 'cookie'
          ? `lj = ServerProxy(${url}, headers=[("X-LJ-Auth", "cookie"), ("Cookie", ${text(cookie)})]).LJ.XMLRPC`
          : `lj = ServerProxy(${url}).LJ.XMLRPC`,
      ];
  const asked = isFlat ? 'call({"mode": "getchallenge"})' : 'lj.getchallenge()';
  const challenge = [
    '',
    'def md5(text):',
    '    return hashlib.md5(text.encode()).hexdigest()',
    '',
    `password = ${text(call.password)}`,
    `challenge = ${asked}["challenge"]`,
  ];
  return [
    ...(auth === 'challenge' ? ['import hashlib'] : []),
    ...setup,
    ...(auth === 'challenge' ? challenge : []),
    '',
    isFlat ? 'print(call({' : `print(lj.${method}({`,
    ...lines,
    '}))',
    '',
  ].join('\n');
}

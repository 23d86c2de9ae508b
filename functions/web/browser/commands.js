// @ts-check
/** Calls of the protocol as commands to copy: for a shell with curl, and as a Python program. */
import { bodyOf, challengeCall, credentials, flatFields, paths } from './requests.js';

/** @typedef {import('./requests.js').Call} Call */

/** Marks in a command what only the shell that runs it can compute. */
const unknown = { challenge: '\u0001challenge\u0001', response: '\u0001response\u0001' };

/**
 * A text as one word of a shell; what the shell computes is outside the quotes.
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
  const { wire, method, auth, args, lists } = call;
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
  if (!isFlat) lines.push(...lists.map(([name, list]) => `    ${text(name)}: ${text(list)},`));
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

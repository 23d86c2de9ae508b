// @ts-check
/** The console: makes a call from the form, sends it, and shows what went over the wire. */

import { curlOf, pythonOf } from './commands.js';
import { md5Hex } from './md5.js';
import { bodyOf, challengeCall, challengeIn, credentials, paths, refusalIn, types } from './requests.js';

/** @typedef {import('./requests.js').Call} Call */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [within]
 * @returns {T}
 */
function find(selector, kind, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

const section = find('#console', HTMLElement);
const form = find('form', HTMLFormElement, section);
const exchanges = find('#exchanges', HTMLElement);
const template = find('#exchange', HTMLTemplateElement);
const status = find('#status', HTMLElement);

/** Counts changes of the form and calls: what an earlier call still brings is not shown. */
let turn = 0;

/** @returns {Call} */
function readCall() {
  const fields = new FormData(form);
  const text = (/** @type {string} */ name) => String(fields.get(name) ?? '');
  const method = text('method');
  const group = form.querySelector(`fieldset[data-method="${method}"]`);
  /** @type {[string, string][]} */
  const args = [];
  /** @type {[string, string[]][]} */
  const lists = [];
  for (const input of group?.querySelectorAll('input, select') ?? []) {
    if (!(input instanceof HTMLInputElement || input instanceof HTMLSelectElement)) continue;
    if (input instanceof HTMLInputElement && input.type === 'checkbox' && !input.checked) continue;
    if (input.value === '') continue;
    const { argument, list } = input.dataset;
    if (argument !== undefined) args.push([argument, input.value]);
    const items = input.value.split(/[\s,]+/).filter((item) => item !== '');
    if (list !== undefined && items.length > 0) lists.push([list, items]);
  }
  const [chosen] = find('#field-method', HTMLSelectElement).selectedOptions;
  return {
    wire: text('wire') === 'xmlrpc' ? 'xmlrpc' : 'flat',
    method,
    username: text('username'),
    password: text('password'),
    auth: chosen?.dataset['account'] === 'none' ? 'none' : /** @type {Call['auth']} */ (text('auth')),
    args,
    lists,
  };
}

/**
 * Sends one request and shows it beside its reply. The browser's session is sent only where the
 * call is authenticated by it.
 * @param {Call} call
 * @param {readonly (readonly [string, string])[]} who
 * @returns {Promise<{ status: number, text: string }>} the reply
 */
async function exchange(call, who) {
  const body = bodyOf(call, who);
  const path = paths[call.wire];
  /** @type {Record<string, string>} */
  const headers = { 'Content-Type': types[call.wire] };
  const byCookie = call.auth === 'cookie';
  if (byCookie) headers['X-LJ-Auth'] = 'cookie';
  const length = new TextEncoder().encode(body).length;
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${location.host}`,
    ...Object.entries(headers).map((pair) => pair.join(': ')),
    ...(byCookie ? ['Cookie: (the session of this browser)'] : []),
    `Content-Length: ${length}`,
  ];
  const shown = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  find('h3', HTMLHeadingElement, shown).textContent = call.method;
  find('.request', HTMLPreElement, shown).textContent = `${head.join('\n')}\n\n${body}`;
  const replyBox = find('.reply', HTMLPreElement, shown);
  exchanges.append(shown);

  const credentialsMode = byCookie ? 'same-origin' : 'omit';
  const reply = await fetch(path, { method: 'POST', body, headers, credentials: credentialsMode });
  const text = await reply.text();
  const lines = [...reply.headers].map((pair) => pair.join(': '));
  replyBox.textContent = `HTTP/1.1 ${reply.status} ${reply.statusText}\n${lines.join('\n')}\n\n${text}`;
  return { status: reply.status, text };
}

/**
 * @param {Call} call
 * @returns {Promise<string>} what came of it, in a sentence
 */
async function run(call) {
  let answer = { challenge: '', response: '' };
  if (call.auth === 'challenge') {
    const asked = await exchange(challengeCall(call.wire), []);
    const challenge = challengeIn(call.wire, asked.text);
    answer = { challenge, response: md5Hex(challenge + md5Hex(call.password)) };
  }
  const reply = await exchange(call, credentials(call, answer, md5Hex));
  if (reply.status !== 200) return `Refused with HTTP status ${reply.status}: ${call.method}.`;
  const why = refusalIn(call.wire, reply.text);
  if (why === '') return `Answered: ${call.method}.`;
  const hint = call.auth === 'cookie' ? ` Is this browser signed in as ${call.username}?` : '';
  return `Refused: ${call.method}. ${why}.${hint}`;
}

/** Removes what an earlier call brought. */
function clear() {
  turn++;
  exchanges.replaceChildren();
  status.textContent = '';
}

/** Shows the arguments of the chosen method, and the commands that make the same call. */
function follow() {
  const call = readCall();
  for (const group of form.querySelectorAll('[data-method]')) {
    if (group instanceof HTMLElement) group.hidden = group.dataset['method'] !== call.method;
  }
  find('#who', HTMLElement).hidden = call.auth === 'none';
  find('#field-password', HTMLInputElement).disabled = call.auth === 'cookie';
  find('#curl', HTMLPreElement).textContent = curlOf(call, location.origin, md5Hex);
  find('#python', HTMLPreElement).textContent = pythonOf(call, location.origin, md5Hex);
}

/** Fills in the password of a demo account, and empties the field when it has that of another one. */
function fillDemo() {
  const name = find('#field-username', HTMLInputElement).value;
  const password = find('#field-password', HTMLInputElement);
  const demo = [...document.querySelectorAll('#demo-accounts option')].filter(
    (option) => option instanceof HTMLOptionElement,
  );
  const own = demo.find(({ value }) => value === name);
  if (own) password.value = own.dataset['password'] ?? '';
  else if (demo.some(({ dataset }) => dataset['password'] === password.value)) password.value = '';
}

/**
 * Only https pages and localhost have a clipboard; elsewhere the text is selected.
 * @param {HTMLButtonElement} button
 */
async function copy(button) {
  const source = find(`#${button.dataset['copy']}`, HTMLPreElement);
  getSelection()?.selectAllChildren(source);
  await navigator.clipboard?.writeText(source.textContent ?? '');
  status.textContent = navigator.clipboard ? 'Copied.' : 'Selected: copy it from here.';
}

form.addEventListener('input', (event) => {
  if (event.target instanceof HTMLElement && event.target.id === 'field-username') fillDemo();
  clear();
  follow();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  clear();
  const own = turn;
  const show = (/** @type {string} */ text) => {
    if (own === turn) status.textContent = text;
  };
  run(readCall()).then(show, (error) => {
    show(`No answer: ${error instanceof Error ? error.message : error}`);
  });
});
for (const button of section.querySelectorAll('button[data-copy]')) {
  button.addEventListener('click', () => {
    if (button instanceof HTMLButtonElement) copy(button).catch(() => {});
  });
}
follow();
section.hidden = false;

/** The description as a page for people: no script, and nothing from elsewhere. */
import { sha256 } from '@noble/hashes/sha2.js';
import { raw } from 'hono/html';
import { toBase64 } from '../../infra/base64.ts';
import { type Html, h } from '../web/html.ts';
import { openApi } from './openapi.ts';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; background: Canvas; }
a { color: light-dark(#0b5cad, #7db8f0); }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h2 { border-top: 1px solid #8888; padding-top: 1rem; }
pre { overflow: auto; background: #8882; padding: .75rem; }
table { border-collapse: collapse; } td, th { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }`;

/** The page. */
export function referencePage(): string {
  page ??= makePage();
  return page;
}

let page: string | undefined;

/** Allows the page's own style and nothing else. */
export function referencePolicy(): string {
  const hash = toBase64(sha256(new TextEncoder().encode(style)));
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

function makePage(): string {
  const { paths }: Described = JSON.parse(openApi());
  const all = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb: verb.toUpperCase(), operation })),
  );
  const contents = all.map(({ path, verb, operation: { operationId, summary } }) =>
    h('li', null, h('a', { href: `#${operationId}` }, `${verb} ${path}`), ` – ${summary}`),
  );
  const title = "The interface for a site's own code";
  const head = h(
    'head',
    null,
    h('meta', { charset: 'utf-8' }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('title', null, `${title} · ljgate`),
    h('style', null, raw(style)),
  );
  const intro = h(
    'p',
    null,
    'Each request has a token: ',
    h('code', null, 'Authorization: Bearer ljgate_…'),
    '. Bodies and answers are JSON, times RFC 3339, problems RFC 9457. For programs: ',
    h('a', { href: '/api/v1/openapi.json' }, 'OpenAPI 3.1'),
    '.',
  );
  const body = h('main', null, h('h1', null, title), intro, h('ul', null, ...contents), ...all.map(section));
  return `<!doctype html>${h('html', { lang: 'en' }, head, h('body', null, body))}`;
}

function section({ path, verb, operation }: { path: string; verb: string; operation: Operation }): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const rows = Object.entries(responses).map(([status, response]) =>
    h('tr', null, h('td', null, status), h('td', null, response.description)),
  );
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  return h(
    'section',
    { id: operationId },
    h('h2', null, h('code', null, `${verb} /api/v1${path}`)),
    h('p', null, `${summary}. ${description}`),
    parameters.length > 0 &&
      h(
        'p',
        null,
        `Parameters: ${parameters.map((one) => `${one.name} (${one.in}${one.required ? '' : ', optional'})`).join(', ')}.`,
      ),
    requestBody && schemaOf('Body', requestBody.content),
    success && schemaOf('Answer', success.content),
    h(
      'table',
      null,
      h('thead', null, h('tr', null, h('th', null, 'Status'), h('th', null, 'Meaning'))),
      h('tbody', null, ...rows),
    ),
  );
}

function schemaOf(title: string, content: Content): Html {
  const schema = Object.values(content)[0]?.schema;
  return h(
    'details',
    null,
    h('summary', null, title),
    h('pre', { tabindex: 0 }, JSON.stringify(schema, null, 2)),
  );
}

/**
 * A D1 database from outside of any Worker, for the command line: by Cloudflare's HTTP API.
 * @see https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/query/
 */
import * as v from 'valibot';
import { StoreFailed, StoreUnavailable } from '../../../core/failures.ts';
import { openOnce } from '../../open-once.ts';
import { decode } from '../decode-record.ts';
import type { OpenStore } from '../open-store.ts';
import type { Rows, Statement } from '../sql/driver.ts';
import { d1Error, d1Store } from './d1-store.ts';

/** Milliseconds for one request, its answer included: D1 itself ends a query after 30 seconds. */
const defaultDeadline = 40_000;

/** Variables of the process. The names are those that wrangler reads. */
type Variables = Readonly<Record<string, string | undefined>>;

const query = v.array(v.object({ results: v.array(v.record(v.string(), v.unknown())) }));
const databases = v.array(v.object({ uuid: v.string(), name: v.string() }));

/** What Cloudflare answers to every request. `result` is the answer proper. */
const envelope = v.object({
  success: v.boolean(),
  errors: v.optional(v.array(v.object({ message: v.string() })), []),
  result: v.unknown(),
});

/** Cloudflare refuses the token, or refuses it this request. */
class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

/**
 * Opens the store. Nothing is sent yet. Each list of statements is a request of its own, and one transaction.
 * @param database - its name, or its id
 * @param deadline - milliseconds for one request
 * @throws {Error} that names a variable which is not set, and says where to get its value
 */
export function openD1ByHttp(
  database: string,
  variables: Variables,
  deadline: number = defaultDeadline,
): OpenStore {
  const ask = requester(`d1:${database}`, variables, deadline);
  const id = openOnce(async () => (isId(database) ? database : idOf(database, ask)));

  async function run(statements: readonly Statement[]): Promise<Rows> {
    if (statements.length === 0) return [];
    const path = `/${await id()}/query`;
    const results = decode(query, await ask(path, { batch: statements }), "Cloudflare's answer");
    if (results.length !== statements.length)
      throw new StoreFailed('D1: Cloudflare counted other statements');
    return results.map((result) => result.results);
  }

  return d1Store({ read: run, write: run }, `d1:${database}`);
}

/** Sends a request to the account's databases. @throws {StoreUnavailable | StoreFailed} */
type Ask = (path: string, body?: object) => Promise<unknown>;

function requester(store: string, variables: Variables, deadline: number): Ask {
  const required = (name: string, where: string): string => {
    const value = variables[name];
    if (value) return value;
    throw new Error(`${store} is managed through Cloudflare's interface, which needs ${name}: ${where}`);
  };
  const token = required(
    'CLOUDFLARE_API_TOKEN',
    'make one with the permission "Account, D1, Edit" at https://dash.cloudflare.com/profile/api-tokens',
  );
  const account = required('CLOUDFLARE_ACCOUNT_ID', '"wrangler whoami" prints it');
  const base = variables['CLOUDFLARE_API_BASE_URL'] || 'https://api.cloudflare.com/client/v4';

  return async (path, body) => {
    const url = `${base}/accounts/${encodeURIComponent(account)}/d1/database${path}`;
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(deadline),
      });
      answer = await response.json();
    } catch (cause) {
      throw new StoreUnavailable(`D1: ${reasonOf(cause)}`, { cause });
    }
    const { success, output } = v.safeParse(envelope, answer);
    if (success && response.ok && output.success) return output.result;
    throw refusal(response, success ? output.errors.map(({ message }) => message).join('; ') : '');
  };
}

/** The message of fetch is only "fetch failed"; the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

function refusal({ status, headers }: Response, message: string): Error {
  if (status === 401 || status === 403) {
    const cause = new AccessDenied(
      `${message}; CLOUDFLARE_API_TOKEN needs the permission "Account, D1, Edit" for CLOUDFLARE_ACCOUNT_ID`,
    );
    return new StoreFailed(`D1: ${message}`, { cause });
  }
  if (status === 429) {
    const wait = headers.get('Retry-After') ?? '300';
    return new StoreUnavailable(`D1: Cloudflare takes no more requests for the next ${wait} seconds`);
  }
  return d1Error(new Error(message || `Cloudflare answered with status ${status}`));
}

function isId(database: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(database);
}

/** The list has every database whose name contains the requested name. */
async function idOf(database: string, ask: Ask): Promise<string> {
  const list = decode(databases, await ask(`?name=${encodeURIComponent(database)}`), "Cloudflare's answer");
  const found = list.find(({ name }) => name === database);
  if (found) return found.uuid;
  throw new StoreFailed(
    `D1: the account has no database ${database}; make it: wrangler d1 create ${database}`,
  );
}

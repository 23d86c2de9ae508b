/**
 * A Worker that answers as Cloudflare's HTTP interface does, for one account with one database: its own.
 * @see https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/query/
 */
import type { D1Database } from '../../../../infra/stores/d1/d1-store.ts';

/** What the account has. */
interface Environment {
  readonly DB: D1Database;
  readonly TOKEN: string;
  readonly ACCOUNT: string;
  readonly DATABASE_ID: string;
  readonly DATABASE_NAME: string;
}

/** The body of a query. */
interface Query {
  readonly batch: readonly { readonly sql: string; readonly params: (string | number | null)[] }[];
}

function success(result: unknown): Response {
  return Response.json({ success: true, errors: [], messages: [], result });
}

function failure(status: number, code: number, message: string): Response {
  return Response.json(
    { success: false, errors: [{ code, message }], messages: [], result: null },
    { status },
  );
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    if (request.headers.get('Authorization') !== `Bearer ${env.TOKEN}`) {
      return failure(403, 10000, 'Authentication error');
    }
    const { pathname, searchParams } = new URL(request.url);
    const databases = `/client/v4/accounts/${env.ACCOUNT}/d1/database`;
    if (request.method === 'GET' && pathname === databases) {
      const all = [
        { uuid: crypto.randomUUID(), name: `${env.DATABASE_NAME}-old` },
        { uuid: env.DATABASE_ID, name: env.DATABASE_NAME },
      ];
      return success(all.filter(({ name }) => name.includes(searchParams.get('name') ?? '')));
    }
    if (request.method !== 'POST' || pathname !== `${databases}/${env.DATABASE_ID}/query`) {
      return failure(404, 7404, 'The database could not be found');
    }
    const { batch }: Query = await request.json();
    try {
      return success(await env.DB.batch(batch.map(({ sql, params }) => env.DB.prepare(sql).bind(...params))));
    } catch (error) {
      // Cloudflare gives SQLite's own words, where the binding puts its own before them.
      return failure(400, 7500, String((error as Error).message).replace(/^D1_ERROR: /, ''));
    }
  },
};

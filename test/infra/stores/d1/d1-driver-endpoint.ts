/** A Worker that runs lists of statements on its D1 database, for tests in Node. */
import { type D1Database, d1Driver } from '../../../../infra/stores/d1/d1-store.ts';

/** What comes back: rows, or the error of the ports. */
export type Answered =
  | { readonly rows: Record<string, unknown>[][] }
  | { readonly name: string; readonly message: string };

export default {
  async fetch(request: Request, { DB }: { readonly DB: D1Database }): Promise<Response> {
    try {
      return Response.json({ rows: await d1Driver(DB).write(await request.json()) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return Response.json({ name, message });
    }
  },
};

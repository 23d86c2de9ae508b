/** Runs the table of requests against anything that serves the protocol. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Transport } from '../hostile/corpus-suite.ts';
import { type Row, requestOf } from './wire-table.ts';

/** Asserts each row over a transport, which is opened before the first. */
export function describeTable(name: string, rows: readonly Row[], open: () => Promise<Transport>): void {
  describe(name, () => {
    let transport: Transport;
    beforeAll(async () => {
      transport = await open();
    });

    test.for(rows)('$says', async (row) => {
      const reply = await transport(requestOf(row));
      expect([reply.status, reply.text]).toEqual([
        row.status ?? 200,
        typeof row.text === 'string' ? expect.stringContaining(row.text) : expect.stringMatching(row.text),
      ]);
      if (row.has) expect(reply.headers).toMatchObject(row.has);
      expect(reply.headers['transfer-encoding']).toBeUndefined();
    });
  });
}

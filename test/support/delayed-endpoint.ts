/** An endpoint of AWS as far away as it is on Lambda: hands requests on, after a delay, and counts what they ask. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';

/** What was asked of DynamoDB. A row that is asked for counts, also where it is not there. */
export interface Asked {
  readonly requests: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** A running endpoint. */
export interface DelayedEndpoint {
  readonly endpoint: string;
  /** What was asked since this was last called. */
  take(): Asked;
  close(): void;
}

/** Starts one on a free port, before the endpoint at `target`; each request waits for `delay` ms first. */
export async function startDelayedEndpoint(target: string, delay: number): Promise<DelayedEndpoint> {
  const agent = new Agent({ keepAlive: true });
  let asked = nothing;
  const handOn = async (incoming: IncomingMessage, reply: ServerResponse) => {
    const [body] = await Promise.all([buffer(incoming), sleep(delay)]);
    asked = sum(asked, rowsOf(incoming.headers['x-amz-target'], body));
    const { method, headers, url = '/' } = incoming;
    const onward = request(new URL(url, target), { agent, method, headers });
    onward.on('error', () => reply.destroy());
    onward.on('response', (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.end(body);
  };
  const server = createServer((incoming, reply) => void handOn(incoming, reply)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = asked;
      asked = nothing;
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

const nothing: Asked = { requests: 0, rowsRead: 0, rowsWritten: 0 };

function sum(a: Asked, b: Asked): Asked {
  return {
    requests: a.requests + b.requests,
    rowsRead: a.rowsRead + b.rowsRead,
    rowsWritten: a.rowsWritten + b.rowsWritten,
  };
}

const batchGet = v.object({ RequestItems: v.record(v.string(), v.object({ Keys: v.array(v.unknown()) })) });
const batchWrite = v.object({ RequestItems: v.record(v.string(), v.array(v.unknown())) });

/** @throws for an operation whose rows it cannot count */
function rowsOf(target: string | string[] | undefined, body: Buffer): Asked {
  const [, operation = ''] = String(target).split('.');
  const read = (rowsRead: number): Asked => ({ requests: 1, rowsRead, rowsWritten: 0 });
  const written = (rowsWritten: number): Asked => ({ requests: 1, rowsRead: 0, rowsWritten });
  const total = (tables: readonly (readonly unknown[])[]) =>
    tables.reduce((rows, { length }) => rows + length, 0);
  switch (operation) {
    case 'BatchGetItem': {
      const { RequestItems } = v.parse(batchGet, JSON.parse(body.toString()));
      return read(total(Object.values(RequestItems).map(({ Keys }) => Keys)));
    }
    case 'BatchWriteItem':
      return written(total(Object.values(v.parse(batchWrite, JSON.parse(body.toString())).RequestItems)));
    case 'PutItem':
    case 'UpdateItem':
      return written(1);
    // Secrets Manager's, which has no rows.
    case 'GetSecretValue':
      return nothing;
    default:
      throw new Error(`nobody has said how many rows ${operation} asks for: add it here`);
  }
}

/** A network between a gateway and DynamoDB that fails at random, the same way for the same seed. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chooser } from '../core/random.ts';

/** Faults that leave undone what was asked. */
const before = [
  'throttled',
  'overThroughput',
  'error',
  'unavailable',
  'skewed',
  'resetBefore',
  'silentBefore',
] as const;

/** Faults that do it, all of it or a part, now or later. */
const after = ['resetAfter', 'cutShort', 'silentAfter', 'late', 'slow'] as const;

const faults = [...before, ...after] as const;

/** `held`: its sender loses the connection, and it arrives when the network is to be quiet. */
export type Fault = (typeof faults)[number] | 'unprocessed' | 'held';

/** A running network. */
export interface FailingNetwork {
  readonly endpoint: string;
  /** How often each fault was injected. */
  readonly injected: Readonly<Record<Fault, number>>;
  /** The most requests that one command of the SDK was sent in. */
  mostAttempts(): number;
  /** Fails about every second request until `count` more faults were injected. */
  fail(count: number): void;
  /** Makes the next request of a command suffer a fault. */
  failNext(command: string, fault: Fault): void;
  /** Faults still to be injected at random. */
  left(): number;
  /** Lets through what is held; resolves when no request is under way, also of those that nobody waits for. */
  quiet(): Promise<void>;
  close(): void;
}

/** Opens a network before an endpoint; its client waits `timeLimit` ms for a reply before it tries again. */
export async function openNetwork(
  endpoint: string,
  random: Chooser,
  timeLimit: number,
): Promise<FailingNetwork> {
  const injected = Object.fromEntries(
    [...faults, 'unprocessed', 'held'].map((fault) => [fault, 0]),
  ) as Record<Fault, number>;
  const attempts = new Map<string, number>();
  let mostAttempts = 0;
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const chosen = new Map<string, Fault>();
  const held: (() => void)[] = [];
  let left = 0;
  let underWay = 0;

  const pass = (from: IncomingMessage, body: string): Promise<Reply> => forward(endpoint, agent, from, body);

  async function suffer(fault: Fault, from: IncomingMessage, to: ServerResponse, body: string) {
    switch (fault) {
      case 'throttled':
        return send(to, refusal(400, 'ThrottlingException'));
      case 'overThroughput':
        return send(to, refusal(400, 'ProvisionedThroughputExceededException'));
      case 'error':
        return send(to, refusal(500, 'InternalServerError'));
      case 'unavailable':
        return send(to, { status: 503, body: Buffer.from('<html>Service Unavailable</html>') });
      case 'skewed':
        to.setHeader('Date', new Date(Date.now() + 900_000).toUTCString());
        return send(to, refusal(400, 'RequestTimeTooSkewed'));
      case 'resetBefore':
        return from.socket.destroy();
      case 'silentBefore':
        await sleep(timeLimit + random.below(timeLimit));
        return from.socket.destroy();
      case 'resetAfter':
        await pass(from, body);
        return from.socket.destroy();
      case 'cutShort': {
        const reply = await pass(from, body);
        to.writeHead(reply.status, { 'Content-Length': reply.body.length + 1 });
        to.write(reply.body.subarray(0, random.below(reply.body.length + 1)), () => from.socket.destroy());
        return undefined;
      }
      case 'silentAfter': {
        const reply = await pass(from, body);
        await sleep(timeLimit + random.below(timeLimit));
        return send(to, reply);
      }
      case 'late':
        // Long after its sender has given up on it and sent it again.
        await sleep(timeLimit + random.below(2 * timeLimit));
        return send(to, await pass(from, body));
      case 'held':
        from.socket.destroy();
        await new Promise<void>((resolve) => held.push(resolve));
        return void (await pass(from, body));
      case 'slow':
        await sleep(random.below(timeLimit / 4));
        return send(to, await pass(from, body));
      case 'unprocessed':
        return send(to, await leavingOut(body, random, (rest) => pass(from, rest)));
    }
  }

  function choose(body: string, command: string): Fault | undefined {
    const fault = chosen.get(command);
    if (chosen.delete(command)) return fault;
    if (left === 0 || random.below(2) === 0) return undefined;
    left--;
    // What only a batch can suffer, batches suffer often.
    if ('RequestItems' in JSON.parse(body) && random.below(3) === 0) return 'unprocessed';
    return random.one(faults);
  }

  const server = createServer(async (from, to) => {
    underWay++;
    try {
      const body = await text(from);
      const invocation = String(from.headers['amz-sdk-invocation-id']);
      const attempt = (attempts.get(invocation) ?? 0) + 1;
      attempts.set(invocation, attempt);
      mostAttempts = Math.max(mostAttempts, attempt);
      const fault = choose(body, String(from.headers['x-amz-target']).split('.')[1] ?? '');
      if (fault) injected[fault]++;
      await (fault ? suffer(fault, from, to, body) : pass(from, body).then((reply) => send(to, reply)));
    } catch {
      // The sender gave up in the middle of its request.
      from.socket.destroy();
    } finally {
      underWay--;
    }
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    injected,
    mostAttempts: () => mostAttempts,
    fail(count) {
      left += count;
    },
    failNext: (command, fault) => void chosen.set(command, fault),
    left: () => left,
    async quiet() {
      for (const release of held.splice(0)) release();
      // An operation that was given up on may send nothing more; what it sent is waited for.
      for (let calm = 0; calm < 3; calm = underWay === 0 ? calm + 1 : 0) await sleep(10);
    },
    close() {
      server.close();
      agent.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

function refusal(status: number, type: string): Reply {
  const error = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'injected' };
  return { status, body: Buffer.from(JSON.stringify(error)) };
}

function send(to: ServerResponse, { status, body }: Reply): void {
  to.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': body.length }).end(
    body,
  );
}

async function forward(endpoint: string, agent: Agent, from: IncomingMessage, body: string): Promise<Reply> {
  const names = ['content-type', 'authorization', 'x-amz-date', 'x-amz-target'];
  const headers = Object.fromEntries(names.map((name) => [name, String(from.headers[name])]));
  const passed = request(endpoint, { method: 'POST', agent, headers });
  passed.end(body);
  const [reply] = (await once(passed, 'response')) as [IncomingMessage];
  return { status: reply.statusCode ?? 0, body: await buffer(reply) };
}

/** Leaves some keys or items of a batch undone, as DynamoDB does when it is pressed. */
async function leavingOut(
  body: string,
  random: Chooser,
  pass: (body: string) => Promise<Reply>,
): Promise<Reply> {
  const { RequestItems, ...others } = JSON.parse(body) as { RequestItems: Record<string, Batch> };
  const done: Record<string, Batch> = {};
  const left: Record<string, Batch> = {};
  for (const [table, batch] of Object.entries(RequestItems)) {
    const list = Array.isArray(batch) ? batch : batch.Keys;
    const { true: some = [], false: rest = [] } = Object.groupBy(list, () => `${random.below(2) === 0}`);
    const like = (part: unknown[]): Batch => (Array.isArray(batch) ? part : { ...batch, Keys: part });
    if (some.length > 0) done[table] = like(some);
    if (rest.length > 0) left[table] = like(rest);
  }
  const isWrite = Object.values(RequestItems).some(Array.isArray);
  const undone = isWrite ? { UnprocessedItems: left } : { UnprocessedKeys: left };
  if (Object.keys(done).length === 0) {
    return {
      status: 200,
      body: Buffer.from(JSON.stringify(isWrite ? undone : { Responses: {}, ...undone })),
    };
  }
  const reply = await pass(JSON.stringify({ ...others, RequestItems: done }));
  if (reply.status !== 200) return reply;
  return { status: 200, body: Buffer.from(JSON.stringify({ ...JSON.parse(String(reply.body)), ...undone })) };
}

/** A batch of reads or of writes. */
type Batch = unknown[] | { readonly Keys: unknown[] };

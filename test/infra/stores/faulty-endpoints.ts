/** HTTP endpoints in place of DynamoDB that misbehave. Each ends with its test. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers over HTTP with a handler. */
export function answering(handler: RequestListener): Promise<string> {
  return listen(createServer(handler));
}

/** Answers everything with one error of DynamoDB's. */
export function refusing(status: number, type: string): Promise<string> {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' });
  return answering((_, response) => response.writeHead(status).end(body));
}

/** A port that nobody listens on. */
export async function nobody(): Promise<string> {
  const server = createServer();
  const endpoint = await listen(server);
  server.close();
  return endpoint;
}

/** Accepts and never says a word. */
export function silent(): Promise<string> {
  return listen(createTcpServer(() => {}));
}

/** Sends the beginning of an answer and never the rest. */
export function stalling(): Promise<string> {
  return answering((_, response) => void response.writeHead(200, { 'content-length': '99' }).write('{'));
}

/** What a proxy does instead of passing a request on; `cut` loses the reply to one that was passed on. */
export type Intercept = (body: string, command: string) => object | 'cut' | undefined;

/** Passes requests on to an endpoint, but for what is intercepted; notes the commands. */
export async function proxy(
  endpoint: string,
  intercept: Intercept,
): Promise<{ readonly endpoint: string; readonly commands: readonly string[] }> {
  const commands: string[] = [];
  const front = await answering(async (request, response) => {
    const body = await text(request);
    const command = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    commands.push(command);
    const instead = intercept(body, command);
    if (typeof instead === 'object') {
      response.writeHead('__type' in instead ? 400 : 200).end(JSON.stringify(instead));
      return;
    }
    const headers = ['content-type', 'authorization', 'x-amz-date', 'x-amz-target'].map(
      (name): [string, string] => [name, String(request.headers[name])],
    );
    const reply = await fetch(endpoint, { method: 'POST', headers, body });
    const replied = await reply.text();
    if (instead === 'cut') request.socket.destroy();
    else response.writeHead(reply.status).end(replied);
  });
  return { endpoint: front, commands };
}

/** The endpoint between the measured functions and DynamoDB: it delays, and counts as the prices do. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startDelayedEndpoint } from './delayed-endpoint.ts';

async function open(delay: number) {
  const target = createServer(async (request, reply) => reply.end(JSON.stringify(await json(request))));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const delayed = await startDelayedEndpoint(
    `http://127.0.0.1:${(target.address() as AddressInfo).port}`,
    delay,
  );
  onTestFinished(() => {
    delayed.close();
    target.closeAllConnections();
    target.close();
  });
  const send = async (operation: string, input: object) => {
    const headers = { 'X-Amz-Target': `DynamoDB_20120810.${operation}` };
    const reply = await fetch(delayed.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
    return reply.json();
  };
  return { delayed, send };
}

test('it hands on what is asked and what is answered', async () => {
  const { send } = await open(0);
  expect(await send('PutItem', { Item: { name: { S: 'é' } } })).toEqual({ Item: { name: { S: 'é' } } });
});

test('no request is answered sooner than its delay', async () => {
  const { send } = await open(50);
  const began = performance.now();
  await send('PutItem', {});
  // Timers may fire a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(48);
});

test('it counts the rows of each operation, once', async () => {
  const { delayed, send } = await open(0);
  await send('BatchGetItem', { RequestItems: { users: { Keys: [{}] }, sessions: { Keys: [{}, {}] } } });
  await send('BatchWriteItem', { RequestItems: { sessions: [{}, {}] } });
  await send('UpdateItem', {});
  expect(delayed.take()).toEqual({ requests: 3, rowsRead: 3, rowsWritten: 3 });
  expect(delayed.take()).toEqual({ requests: 0, rowsRead: 0, rowsWritten: 0 });
});

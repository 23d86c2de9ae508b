/** The check after a deployment: what it asks for, and what it says where that is not given. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkDeployment, describeChecks } from '../../../../infra/deploy/stack/check-deployment.ts';
import { openSite } from '../../../support/site.ts';

/** A front door that answers everything with this. */
async function doorOf(answer: (request: Request) => Response | Promise<Response>) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = new Headers({ 'Content-Type': incoming.headers['content-type'] ?? '' });
    const { method = 'GET', url = '/' } = incoming;
    const sent = method === 'GET' ? { headers } : { method, headers, body: Buffer.concat(chunks) };
    const reply = await answer(new Request(`http://localhost${url}`, sent));
    outgoing.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { flat: `${root}/interface/flat`, xmlrpc: `${root}/interface/xmlrpc`, web: `${root}/` };
}

test('a gateway that works has nothing against it', async () => {
  const site = await openSite();
  const door = await doorOf(async (request) =>
    site.fetch(request.url, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(request.method !== 'GET' && { body: await request.arrayBuffer() }),
    }),
  );
  const findings = await checkDeployment(door);
  expect(findings.filter(({ well }) => !well)).toEqual([]);
  expect(describeChecks(findings, 'prod', 'eu-central-1').every((line) => line.startsWith('ok  '))).toBe(
    true,
  );
});

test('one that answers something else has the way back printed', async () => {
  const findings = await checkDeployment(await doorOf(() => new Response('oops', { status: 500 })));
  expect(findings.every(({ well }) => !well)).toBe(true);
  const lines = describeChecks(findings, 'prod', 'eu-central-1');
  expect(lines[0]).toBe('FAIL flat: a challenge: answered 500, oops');
  expect(lines.at(-1)).toBe('  npm run rollback -- --stage prod --region eu-central-1');
});

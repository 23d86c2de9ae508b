/** Lines that the functions write to their logs: the handlers themselves over SQLite, before a site behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { adminHandler } from '../../../../functions/runtime/lambda/admin-handler.ts';
import { apiHandler } from '../../../../functions/runtime/lambda/api-handler.ts';
import { lambdaHandler } from '../../../../functions/runtime/lambda/endpoint-handler.ts';
import type { HttpEvent } from '../../../../functions/runtime/lambda/lambda-request.ts';
import { webHandler } from '../../../../functions/runtime/lambda/web-handler.ts';
import { flatEndpoint } from '../../../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { openSecretFile } from '../../../../infra/secrets/secret-file.ts';
import { seedDemo } from '../../../../infra/site/demo-accounts.ts';
import { openStore } from '../../../../infra/stores/open-by-uri.ts';
import { parseStoreUri } from '../../../../infra/stores/store-uri.ts';
import { freshFolder } from '../../../support/server.ts';
import { startUpstreamSite } from '../../../support/upstream-site.ts';

const recorded = readFileSync(new URL('../../../data/events/http-api.json', import.meta.url), 'utf8');
const eventOf = (body: string, change: object = {}): HttpEvent => ({
  ...JSON.parse(recorded),
  body,
  ...change,
});

const param = (method: string, username: string, password: string) =>
  `<value><struct><member><name>methodName</name><value>LJ.XMLRPC.${method}</value></member><member><name>params</name><value><array><data><value><struct><member><name>username</name><value>${username}</value></member><member><name>password</name><value>${password}</value></member></struct></value></data></array></value></member></struct></value>`;

/** `carol` is refused in a multicall alone; `test` guesses wrong once; `nobody` is no account. */
const multicall = `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${param('login', 'test', 'test')}${param('login', 'carol', 'wrong')}</data></array></value></param></params></methodCall>`;

/** Makes one call of each kind, and returns what was written, each line as JSON. */
export async function writtenLines(): Promise<readonly string[]> {
  const folder = await freshFolder();
  const secret = join(folder, 'root-secret.json');
  const site = await startUpstreamSite({ way: 'anything' });
  const variables = {
    LJGATE_STORE: `sqlite:${join(folder, 'lj.sqlite')}`,
    LJGATE_SECRET: secret,
    LJGATE_STAGE: 'dev',
    LJGATE_VERSION: '0.1.0+abc',
    LJGATE_UPSTREAM: site.url.href,
    LJGATE_API: 'same',
  };
  const store = await openStore(parseStoreUri(variables.LJGATE_STORE));
  const keys = await openSecretFile(secret, { create: true });
  await seedDemo(store, createPorts(nodePlatform, store, keys, { remember: 5 }));
  await store.close();

  const lines: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text)) > 0),
  );
  try {
    const flat = lambdaHandler(flatEndpoint, openStore, variables);
    const xmlrpc = lambdaHandler(xmlrpcEndpoint, openStore, variables);
    await flat(eventOf('mode=login&user=test&password=test&clientversion=Old/1'));
    await flat(eventOf('mode=login&user=test&password=wrong'));
    await flat(eventOf('mode=login&user=nobody&password=wrong'));
    await flat(eventOf('mode=getchallenge'));
    await xmlrpc(eventOf(multicall, { rawPath: '/interface/xmlrpc' }));
    await flat(eventOf('mode=getevents&user=test&password=test'));
    site.misbehave((_, outgoing) => outgoing.writeHead(503).end());
    await flat(eventOf('mode=getevents&user=test&password=test'));
    await webHandler(openStore, variables)(eventOf('', { rawPath: '/session' }));

    const admin = adminHandler(openStore, variables);
    const context = {
      awsRequestId: 'admin-1',
      identity: { cognitoIdentityId: 'c' },
      clientContext: { a: 1 },
    };
    const added = await admin(
      { verb: 'tokens add', name: 'shop', scopes: ['accounts:write', 'accounts:read'] },
      context,
    );
    const token = added.ok ? Reflect.get(Object(added.result), 'token') : JSON.stringify(added);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const requestContext = {
      ...JSON.parse(recorded).requestContext,
      http: { method: 'PUT', sourceIp: '192.0.2.1' },
    };
    const change = { rawPath: '/api/v1/accounts/test/status', headers, requestContext };
    await apiHandler(openStore, variables)(eventOf('{"status":"suspended"}', change));
  } finally {
    for (const spy of spies) spy.mockRestore();
    await site.stop();
  }
  return lines.flatMap((text) => text.trim().split('\n'));
}

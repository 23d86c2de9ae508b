/** A managed secret, against an endpoint that speaks as much of Secrets Manager as it takes. */
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { generateKeyring } from '../../../infra/secrets/keyring.ts';
import { managedSecret } from '../../../infra/secrets/managed-secret.ts';
import { answering } from '../stores/faulty-endpoints.ts';

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

async function service(text: string, refusing?: string) {
  const asked: unknown[] = [];
  const endpoint = await answering(async (request, response) => {
    const body = Object(await json(request));
    const command = String(request.headers['x-amz-target']).split('.')[1];
    asked.push(command);
    if (command === refusing) return void response.writeHead(400).end('{"__type":"AccessDeniedException"}');
    if (command === 'PutSecretValue') text = String(body.SecretString);
    response.writeHead(200).end(JSON.stringify({ Name: body.SecretId, SecretString: text }));
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', endpoint);
  return { asked, text: () => text };
}

test('is read and replaced', async () => {
  const first = generateKeyring();
  const { asked, text } = await service(first.reveal());
  const source = managedSecret('lj/root');
  const read = await source.read();
  expect(read.currentId).toBe(first.currentId);
  await source.change((now) => now.withFresh());
  expect((await source.read()).list()).toHaveLength(2);
  expect(asked).toEqual(['GetSecretValue', 'GetSecretValue', 'PutSecretValue', 'GetSecretValue']);
  expect(text()).toContain('"rotating"');
});

test('that may not be replaced says so, without a byte of it', async () => {
  const keyring = generateKeyring();
  await service(keyring.reveal(), 'PutSecretValue');
  const error = await managedSecret('lj/root')
    .change((now) => now.withFresh())
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/^Error: secret lj\/root: cannot be replaced \(AccessDenied/);
  expect(String(error)).not.toContain(keyring.reveal().slice(40, 60));
});

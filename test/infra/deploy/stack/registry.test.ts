/** The registry for the console's test events, which `npm run deploy` makes sure of first. */
import { SchemasClient } from '@aws-sdk/client-schemas';
import { expect, test } from 'vitest';
import { ensureRegistry } from '../../../../infra/deploy/stack/registry.ts';
import { answering } from '../../stores/faulty-endpoints.ts';

async function registryAt(status: number, type?: string) {
  const headers = type === undefined ? {} : { 'x-amzn-errortype': type };
  const endpoint = await answering((_, response) => response.writeHead(status, headers).end('{}'));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return ensureRegistry(new SchemasClient({ endpoint, region: 'us-east-1', credentials }));
}

test('the registry of test events is made where there is none', async () => {
  expect(await registryAt(201)).toBe('made');
});

test('a registry that is there stays as it is', async () => {
  expect(await registryAt(409, 'ConflictException')).toBe('there');
});

test('anything else that goes wrong is an error with its reason', async () => {
  await expect(registryAt(403, 'ForbiddenException')).rejects.toMatchObject({ name: 'ForbiddenException' });
});

/** Secrets from Secrets Manager, and every way of not getting one. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SecretUnavailable } from '../../../infra/secrets/secret-unavailable.ts';
import { fetchSecret, openManagedSecret } from '../../../infra/secrets/secrets-manager.ts';
import { answering, nobody, refusing, silent } from '../stores/faulty-endpoints.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ljgate-root-AbCdEf';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => vi.unstubAllEnvs());

function at(endpoint: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', endpoint);
}

test('a secret is asked for by its ARN, in the region that the ARN names', async () => {
  let authorization = '';
  at(
    await answering((request, response) => {
      authorization = request.headers.authorization ?? '';
      response.end('{"SecretString":"text"}');
    }),
  );
  expect(await fetchSecret(arn, ample)).toBe('text');
  expect(authorization).toContain('/eu-central-1/secretsmanager/');
});

test('the root secret is read in the form that a stack generates', async () => {
  const SecretString = JSON.stringify({ id: 'k1', secret: 'A'.repeat(43) });
  at(await answering((_, response) => response.end(JSON.stringify({ SecretString }))));
  expect((await openManagedSecret(arn, ample)).current('seal').id).toBe('k1');
});

/** Milliseconds: a busy machine may take long to answer. */
const ample = 50_000;

async function failure(endpoint: string, deadline = ample): Promise<SecretUnavailable> {
  at(endpoint);
  const error: unknown = await openManagedSecret(arn, deadline).catch((thrown: unknown) => thrown);
  if (!(error instanceof SecretUnavailable)) throw new Error(`not a SecretUnavailable: ${error}`);
  return error;
}

test('a service that stays silent does not hold up a client: the deadline ends it', async () => {
  const error = await failure(await silent(), 100);
  expect([error.passing, error.name]).toEqual([true, 'SecretUnavailable']);
});

describe('a secret that cannot be had is SecretUnavailable', () => {
  test.each<[string, boolean, () => Promise<string>]>([
    ['nobody listens', true, nobody],
    ['requests are throttled', true, () => refusing(400, 'ThrottlingException')],
    ['the service fails inside', true, () => refusing(500, 'InternalServiceError')],
    ['there is no such secret', false, () => refusing(400, 'ResourceNotFoundException')],
    ['access is denied', false, () => refusing(400, 'AccessDeniedException')],
    ['the secret is bytes', false, () => answering((_, response) => response.end('{"SecretBinary":"AAAA"}'))],
  ])('when %s; passing: %s', async (_, passing, start) => {
    const error = await failure(await start());
    expect(error.passing).toBe(passing);
    expect(error.name).toBe('SecretUnavailable');
    expect(error.message).toContain(arn);
  });

  test.each([
    'not-json-secret',
    '{"id":"k1","secret":"too-short-secret"}',
    '{"secret":7}',
    '"hidden-secret"',
  ])('when its text is none, without a word of it: %s', async (SecretString) => {
    const error = await failure(
      await answering((_, response) => response.end(JSON.stringify({ SecretString }))),
    );
    expect(error.passing).toBe(false);
    expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(SecretString);
    expect(error.message).not.toMatch(/too-short|hidden/);
  });
});

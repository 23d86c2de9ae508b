/** DynamoDB at its worst: each failure becomes the right error of the ports, and in time. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StoreFailed, StoreUnavailable } from '../../../../core/failures.ts';
import { createClient } from '../../../../infra/stores/dynamodb/client.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { answering, nobody, refusing, silent, stalling } from '../faulty-endpoints.ts';
import { account, failures, operations } from '../operations.ts';

const dynalite = await startDynalite();

/** Milliseconds. The second is for endpoints that answer, which on a busy machine may take long. */
const [deadline, ample] = [400, 60_000];

function failuresAt(endpoint: string, within: number) {
  return failures(openDynamodb({ prefix: 'none', endpoint, deadline: within }));
}

describe('every operation fails as StoreUnavailable, with its cause, within the deadline', () => {
  afterEach(() => vi.unstubAllEnvs());

  async function nowhere(): Promise<string> {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
    return 'http://ljgate.invalid:1';
  }

  test.each<[string, () => Promise<string>]>([
    ['nobody listens', nobody],
    ['the host has no address', nowhere],
    ['the endpoint accepts and stays silent', silent],
    ['the answer never ends', stalling],
    ['the connection is cut', () => answering((request) => request.socket.destroy())],
    ['every request is throttled', () => refusing(400, 'ThrottlingException')],
    ['the table is over its throughput', () => refusing(400, 'ProvisionedThroughputExceededException')],
    ['the service fails inside', () => refusing(500, 'InternalServerError')],
    [
      'a load balancer answers 503 in HTML',
      () => answering((_, response) => response.writeHead(503).end('<html>Service Unavailable</html>')),
    ],
  ])('when %s', async (_, start) => {
    const { errors, took } = await failuresAt(await start(), deadline);
    for (const [name, error] of errors) {
      expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);
      expect(error).toHaveProperty('cause', expect.any(Error));
    }
    // All at once, on a machine that may be busy: in time is that it does not hang.
    expect(took).toBeLessThan(deadline + 60_000);
  });
});

describe('every operation fails as StoreFailed, with its cause', () => {
  test.each<[string, () => Promise<string>]>([
    ['the tables are missing', async () => dynalite],
    ['access is denied', () => refusing(400, 'AccessDeniedException')],
    ['the request is not valid', () => refusing(400, 'ValidationException')],
    ['the answer is no JSON', () => answering((_, response) => response.end('<html>Welcome</html>'))],
  ])('when %s', async (_, start) => {
    const { errors } = await failuresAt(await start(), ample);
    for (const [name, error] of errors) {
      expect([name, error]).toEqual([name, expect.any(StoreFailed)]);
      expect(error).toHaveProperty('cause', expect.any(Error));
    }
  });
});

describe('a row that should not be there fails as StoreFailed', () => {
  test.each<[string, 'users' | 'sessions', Record<string, { S: string }>]>([
    ['an account without a userid', 'users', { username: { S: account.username } }],
    ['a session without a digest', 'sessions', { owner: { S: account.username }, item: { S: 'session#1' } }],
  ])('%s', async (_, table, item) => {
    const prefix = uniquePrefix();
    const client = createClient({ endpoint: dynalite });
    const store = openDynamodb({ prefix, client });
    await store.prepare();
    await client.send(new PutItemCommand({ TableName: `${prefix}-${table}`, Item: item }));
    await expect(operations['records.read'](store)).rejects.toThrow(StoreFailed);
  });
});

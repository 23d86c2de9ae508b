/**
 * Runs once beside all test files: a doorman that starts DynamoDB Local when the first of them
 * asks, and gives every other the same one. Runs that need no DynamoDB never start Java.
 */
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { type Emulator, startDynamodbLocal } from './dynamodb-local.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers a GET with the endpoint of DynamoDB Local, or with status 500 and what went wrong. */
    dynamodbLocalDoorman: string;
  }
}

/** Vitest's hook; gives back the teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<Emulator> | undefined;
  const doorman = createServer((_request, response) => {
    starting ??= startDynamodbLocal();
    starting.then(
      ({ endpoint }) => response.end(endpoint),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    doorman.listen(0, '127.0.0.1', resolve);
  });
  const address = doorman.address();
  if (typeof address !== 'object' || !address) throw new Error('the doorman has no port');
  project.provide('dynamodbLocalDoorman', `http://127.0.0.1:${address.port}`);

  return async () => {
    doorman.closeAllConnections();
    doorman.close();
    const emulator = await starting?.catch(() => undefined);
    emulator?.stop();
  };
}

/** Stores to test against: emulators of DynamoDB, and SQLite files that go away afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { afterAll, inject } from 'vitest';
import { requireProgram } from './requirements.ts';

/** A table prefix that no other suite has. */
export function uniquePrefix(): string {
  return `test-${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * The endpoint of the run's one DynamoDB Local, or `undefined` where Java is missing.
 * @throws {Error} when it cannot be started; under CI also when Java is missing
 */
export async function dynamodbLocal(): Promise<string | undefined> {
  if (!requireProgram('java')) return undefined;
  const response = await fetch(inject('resources'));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Starts dynalite in this process and gives its endpoint; it ends with the test file. */
export async function startDynalite(): Promise<string> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('dynalite has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** A folder that goes away with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ljgate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

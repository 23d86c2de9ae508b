/**
 * Runs once beside all test files: a server that starts DynamoDB Local, or compiles Lambda's runtime
 * client, when the first of them asks, and gives every other the same one. Runs that need neither
 * never start Java or a compiler.
 */
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { type Emulator, startDynamodbLocal } from './dynamodb-local.ts';
import { lambdaClient } from './lambda-client.ts';
import { buildWorker, type RunningWorker, runWorker } from './wrangler.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * Answers a GET with the endpoint of DynamoDB Local, one of `/lambda-client` with the path of the
     * runtime client, one of `/worker` with the folder of the Worker as it is deployed, and one of
     * `/worker-site` with the address of the tests' own Worker; or with status 500 and what went wrong.
     */
    resources: string;
  }
}

/** Vitest's hook; gives back the teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<Emulator> | undefined;
  let compiling: Promise<string> | undefined;
  let building: Promise<string> | undefined;
  let opening: Promise<RunningWorker> | undefined;
  const asked = (path: string | undefined): Promise<string> => {
    switch (path) {
      case '/lambda-client':
        compiling ??= lambdaClient();
        return compiling;
      case '/worker':
        building ??= buildWorker('functions/worker.ts');
        return building;
      case '/worker-site':
        opening ??= buildWorker('test/support/worker-site.ts').then((folder) => runWorker(folder, {}));
        return opening.then(({ url }) => url.href);
      default:
        starting ??= startDynamodbLocal();
        return starting.then(({ endpoint }) => endpoint);
    }
  };
  const server = createServer((request, response) => {
    asked(request.url).then(
      (answer) => response.end(answer),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  project.provide('resources', `http://127.0.0.1:${address.port}`);

  return async () => {
    server.closeAllConnections();
    server.close();
    const emulator = await starting?.catch(() => undefined);
    emulator?.stop();
    await (await opening?.catch(() => undefined))?.stop();
  };
}

/**
 * Runs an unpacked function as Lambda does: a process of its own under AWS's runtime client, which
 * asks a stub of the Lambda Runtime API for one event after another.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { watchForSecrets } from './marks.ts';

/** A function to run. */
export interface LambdaOptions {
  /** The runtime client's main module. */
  readonly client: string;
  /** Where the zip was unpacked. */
  readonly folder: string;
  /** `MODULE.EXPORT`. */
  readonly handler: string;
  /** Variables of the function; nothing else of this process's environment reaches it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where its lines go; a list of its own, if nothing is named. */
  readonly log?: unknown[];
}

/** A function that runs. */
export interface LambdaFunction {
  readonly process: ChildProcess;
  /** Sends an event and gives the handler's reply. Events queue up; a function takes one at a time. */
  invoke(event: unknown): Promise<unknown>;
  /** Lines that it printed so far, as JSON where they are JSON. */
  readonly log: readonly unknown[];
  /** Ends it as Lambda does, without a word. */
  stop(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly settle: PromiseWithResolvers<unknown>;
}

/** What Lambda gives every function on its way, as far as a runtime client or an SDK looks at it. */
function surroundings(handler: string, folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: handler.replace('.', '-'),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test',
    AWS_LAMBDA_LOG_STREAM_NAME: 'test',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    // DynamoDB Local keeps tables apart by region and key: these are the ones that tests make theirs with.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'test',
  };
}

/** Starts a function. It initialises at once, as on Lambda, and then waits for events. */
export async function startLambda(options: LambdaOptions): Promise<LambdaFunction> {
  const { client, folder, handler, variables, log = [] } = options;
  const waiting: Invocation[] = [];
  const underWay = new Map<string, Invocation>();
  const idle: ServerResponse[] = [];
  let dead: Error | undefined;

  const hand = () => {
    while (waiting.length > 0 && idle.length > 0) {
      const [invocation, response] = [waiting.shift(), idle.shift()];
      if (!invocation || !response) return;
      underWay.set(invocation.id, invocation);
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': invocation.id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 29_000),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:123456789012:function:test',
        'Lambda-Runtime-Trace-Id':
          'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
      });
      response.end(JSON.stringify(invocation.event));
    }
  };

  const end = (error: Error) => {
    dead = error;
    for (const { settle } of [...waiting.splice(0), ...underWay.values()]) settle.reject(error);
    underWay.clear();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [, id, outcome] = /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? [];
    if (request.url?.endsWith('/invocation/next')) {
      idle.push(response);
      hand();
      return;
    }
    const body = await text(request);
    response.writeHead(202).end('{"status":"OK"}');
    if (id === undefined) return end(new Error(`the function could not initialise: ${body}`));
    const invocation = underWay.get(id);
    underWay.delete(id);
    if (outcome === 'error') invocation?.settle.reject(new Error(`the function failed: ${body}`));
    else invocation?.settle.resolve(JSON.parse(body));
  };

  const api = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port } = api.address() as AddressInfo;
  const child = spawn(process.execPath, [client, handler], {
    cwd: folder,
    env: { ...surroundings(handler, folder), ...variables, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watch = watchForSecrets();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      log.push(parsed(line));
      watch.see(line);
    });
  }
  child.once('exit', (code) => {
    end(new Error(`the function ended with ${code}: ${log.map((line) => JSON.stringify(line)).join('\n')}`));
  });

  return {
    process: child,
    log,
    invoke(event) {
      if (dead) return Promise.reject(dead);
      const settle = Promise.withResolvers<unknown>();
      waiting.push({ id: crypto.randomUUID(), event, settle });
      hand();
      return settle.promise;
    },
    async stop() {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await exited;
      api.closeAllConnections();
      api.close();
      watch.check();
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

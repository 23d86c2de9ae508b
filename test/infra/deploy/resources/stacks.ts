/** Stacks for tests: the packaged template with these parameters, brought to life. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { createPorts } from '../../../../infra/compose.ts';
import { nodePlatform } from '../../../../infra/node-platform.ts';
import { parseKeyring } from '../../../../infra/secrets/keyring.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import type { HttpApi } from '../../../support/http-api.ts';
import { canRunLambda, runtimeClient, unpackFunctions } from '../../../support/packaged.ts';
import { requireProgram } from '../../../support/requirements.ts';
import { type Stack, type StackParts, startStack } from '../../../support/stack/stack.ts';
import { dynamodbLocal } from '../../../support/stores.ts';
import { type PackagedCopy, packageCopy, type Template } from './template.ts';
import type { Fetch, UsedSite } from './uses.ts';

/** Whether this machine can bring a template to life. */
export const canRunStacks = (): boolean => canRunLambda() && requireProgram('java');

/** What every stack of a test is made of. */
export interface Stacks extends AsyncDisposable {
  /** A template for this machine's processor, with these parameters. */
  synthesize(...args: readonly string[]): Promise<Template>;
  start(template: Template, kept?: ReadonlyMap<string, string>): Promise<Stack>;
}

/** Packages the functions once. Takes a quarter of a minute. */
export async function openStacks(): Promise<Stacks> {
  const copy: PackagedCopy = await packageCopy();
  const folders = await unpackFunctions();
  const parts: StackParts = {
    folders,
    client: await runtimeClient(),
    dynamodb: (await dynamodbLocal()) ?? '',
  };
  return {
    synthesize: (...args) => copy.synthesize(`--param=architecture=${process.arch}`, ...args),
    start: (template, kept) => startStack(template, parts, kept),
    async [Symbol.asyncDispose]() {
      await folders[Symbol.asyncDispose]();
      await copy[Symbol.asyncDispose]();
    },
  };
}

/** Opens a stack's tables past its functions. */
export function openSite(stack: Stack, prefix: string): UsedSite {
  const store = openDynamodb({ prefix, endpoint: stack.operator });
  const ports = createPorts(nodePlatform, store, parseKeyring(stack.secret('RootSecret')), { remember: 5 });
  return { store, ports, gateway: createGateway(ports, defaultSettings) };
}

/** Requests to a door, from an address of this machine. */
export function through({ url }: HttpApi): Fetch {
  return async (to, init, localAddress) => {
    const sent = new Request(to, init);
    const { pathname, search } = new URL(to);
    const body = Buffer.from(await sent.arrayBuffer());
    const onward = request({
      host: url.hostname,
      port: url.port,
      localAddress,
      method: sent.method,
      path: pathname + search,
      headers: { ...Object.fromEntries(sent.headers), 'content-length': String(body.length) },
    });
    onward.end(body);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    const headers = new Headers();
    for (const [name, value] of Object.entries(reply.headersDistinct)) {
      for (const one of value ?? []) headers.append(name, one);
    }
    const bytes = await buffer(reply);
    const { statusCode: status = 500 } = reply;
    return new Response([204, 304].includes(status) ? null : new Uint8Array(bytes), { status, headers });
  };
}

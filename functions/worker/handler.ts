/** The Workers runtime around the app: what it calls, where it says who is calling, when it sweeps. */
import type { Context, Hono } from 'hono';
import type { Gateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import type { Username } from '../../core/username.ts';
import { parseSwitch } from '../../infra/settings/parse.ts';
import { demoLogins } from '../../infra/site/demo.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { flatDoor } from '../adapters/flat/door.ts';
import { xmlrpcDoor } from '../adapters/xmlrpc.ts';
import { type AppOptions, createApp } from '../http/app.ts';
import { logRequest } from '../http/log.ts';
import { webPages } from '../web/pages.ts';
import { webWorld } from '../web/world.ts';
import { type Environment, type Execution, readVariable } from './environment.ts';
import { limitedDoor, limitedGateway } from './limits.ts';
import { logger } from './log.ts';

/** What a Worker opens once in each isolate. */
export interface World {
  readonly gateway: Gateway;
  readonly ports: Ports;
  readonly store: OpenStore;
}

/** Opens the world. It may send nothing: what one request began, another must not wait for. */
export type OpenWorld = (environment: Environment) => Promise<World>;

/** What the runtime calls. */
export interface WorkerHandler {
  fetch(request: Request, environment: Environment, execution: Execution): Promise<Response>;
  /** By the cron trigger: tidies. */
  scheduled(event: unknown, environment: Environment, execution: Execution): Promise<void>;
}

/** Builds the handler. Nothing is opened before the first event; what failed to open is tried again. */
export function workerHandler(open: OpenWorld): WorkerHandler {
  let opening: Promise<World> | undefined;
  let app: Hono | undefined;
  const opened = (environment: Environment): Promise<World> => {
    opening ??= open(environment).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    async fetch(request, environment, execution) {
      app ??= workerApp(environment, () => opened(environment));
      const reply = kept(app.fetch(request));
      // Who hangs up would end the call half done, and a refused guess would never be counted.
      execution.waitUntil(reply);
      return reply;
    },
    async scheduled(_, environment) {
      const { store } = await opened(environment);
      await store.sweep(Date.now());
    },
  };
}

/**
 * Keeps a request alive while it only waits for another: of guesses at one account, and of hashes, a few
 * go first. workerd takes a request without a timer or a fetch of its own for one that hangs, and ends it.
 */
async function kept(reply: Response | Promise<Response>): Promise<Response> {
  const alive = setInterval(() => {}, 1000);
  try {
    return await reply;
  } finally {
    clearInterval(alive);
  }
}

function workerApp(environment: Environment, open: () => Promise<World>): Hono {
  const gateway = deferred(open);
  const common: Omit<AppOptions, 'doors'> = {
    log: (entry) => logRequest(logger, entry),
    logError: (error) => logger.error({ error }, 'request failed'),
    // Set by Cloudflare, over whatever the client sent under this name.
    addressOf: (c) => c.req.header('CF-Connecting-IP'),
    requestIdOf: (c) => c.req.header('CF-Ray') ?? crypto.randomUUID(),
  };
  const isOn = (name: string, otherwise: boolean) => readVariable(environment, name, parseSwitch, otherwise);
  return createApp({
    ...common,
    doors: [flatDoor, xmlrpcDoor].map((openDoor) => limitedDoor(openDoor, gateway, environment.CALLS)),
    async health() {
      const { ports } = await open();
      await ports.records.read({ account: 'healthz' as Username, sessions: [], refusals: [] });
    },
    pages: webPages({
      ...common,
      async open() {
        const { ports, store } = await open();
        return webWorld(limitedGateway(gateway, environment.CALLS), ports, store);
      },
      schemeOf,
      console: isOn('LJGATE_CONSOLE', true),
      demo: isOn('LJGATE_DEMO', false) ? demoLogins : [],
    }),
  });
}

function schemeOf(c: Context): 'http' | 'https' {
  return new URL(c.req.url).protocol === 'https:' ? 'https' : 'http';
}

/** Refuses every call while the world cannot be opened, in the caller's own protocol. */
function deferred(open: () => Promise<World>): Gateway {
  return {
    async answer(call) {
      let world: World;
      try {
        world = await open();
      } catch (cause) {
        return { ok: false, refusal: { code: 500 }, cause };
      }
      return world.gateway.answer(call);
    },
  };
}

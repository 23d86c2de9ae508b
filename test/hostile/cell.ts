/**
 * A thread in which both doors answer, with little memory: what it costs is told of each body, and a body
 * that takes more memory than there is ends it.
 */
import { parentPort } from 'node:worker_threads';
import { createGateway } from '../../core/gateway.ts';
import { defaultSettings } from '../../core/settings.ts';
import { flatDoor } from '../../functions/adapters/flat/door.ts';
import { xmlrpcDoor } from '../../functions/adapters/xmlrpc.ts';
import { testAccount, testPorts } from '../support/ports.ts';

/** What is asked. */
export interface Question {
  readonly wire: 'flat' | 'xmlrpc';
  readonly body: Uint8Array;
}

/** What came of it. */
export interface Cost {
  /** Ms of processor time, the least of a few tries. */
  readonly ms: number;
  /** The reply's size in characters. */
  readonly reply: number;
}

const tries = 3;

const ports = testPorts();
await ports.accounts.add(testAccount());
const gateway = createGateway(ports, { ...defaultSettings, bans: { pair: 'off', sweep: 'off' } });
const doors = { flat: flatDoor(gateway), xmlrpc: xmlrpcDoor(gateway) };
const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };

parentPort?.on('message', async ({ wire, body }: Question) => {
  const costs: Cost[] = [];
  for (let i = 0; i < tries; i++) {
    const before = process.threadCpuUsage();
    const { body: reply } = await doors[wire].answer({ body, contentType: undefined, context });
    const { user, system } = process.threadCpuUsage(before);
    costs.push({ ms: (user + system) / 1000, reply: reply.length });
  }
  parentPort?.postMessage(costs.toSorted((a, b) => a.ms - b.ms)[0]);
});

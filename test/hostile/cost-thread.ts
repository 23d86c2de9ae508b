/**
 * A thread with little memory in which both endpoints answer. It reports what each body costs; a body that
 * takes more memory than there is ends it.
 */

import { parentPort } from 'node:worker_threads';
import { createGateway } from '../../core/protocol/gateway.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { testAccount, testPorts } from '../support/ports.ts';
import { requestFacts } from '../support/request-facts.ts';

/** What is asked. */
export interface CostRequest {
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
const gateway = createGateway(ports, {
  ...defaultSettings,
  bans: { pair: 'off', sweep: 'off' },
  sessionRate: 'off',
});
const endpoints = { flat: flatEndpoint(gateway), xmlrpc: xmlrpcEndpoint(gateway) };
const context = { address: '192.0.2.1', cookie: undefined, ljAuth: undefined, agent: undefined };

parentPort?.on('message', async ({ wire, body }: CostRequest) => {
  const costs: Cost[] = [];
  for (let i = 0; i < tries; i++) {
    const before = process.threadCpuUsage();
    const { body: reply } = await endpoints[wire].answer({
      body,
      contentType: undefined,
      context,
      facts: requestFacts,
    });
    const { user, system } = process.threadCpuUsage(before);
    costs.push({ ms: (user + system) / 1000, reply: reply.length });
  }
  parentPort?.postMessage(costs.toSorted((a, b) => a.ms - b.ms)[0]);
});

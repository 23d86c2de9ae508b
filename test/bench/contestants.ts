/** Who does the work beside ljgate: other people's servers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newcomer, sessionOwner, sessionOwners, type Work } from './conversations.ts';
import type { Plan } from './plan.ts';
import { type Running, runLjgate, startPeer, startPython } from './processes.ts';

/** A new connection for each request, or one for all. */
export type Connections = 'new' | 'kept';

/** A server, and what it can do. */
export interface Contestant {
  readonly name: string;
  readonly works: readonly Work[];
  readonly kinds: readonly Connections[];
  readonly server: Running & { readonly port: number };
}

/** What the peers can do. */
const peerWork: readonly Work[] = ['XML-RPC getchallenge', 'XML-RPC challenge log-in'];

/** Every account has a hash of its own, so a check of one says nothing about another. */
export async function addAccounts(folder: string, store: string, newcomers: number): Promise<void> {
  const file = join(folder, 'accounts.jsonl');
  const accounts = [
    ...Array.from({ length: newcomers }, (_, number) => newcomer(number)),
    ...Array.from({ length: sessionOwners }, (_, number) => sessionOwner(number)),
  ];
  const lines = accounts.map((account) => JSON.stringify(account));
  writeFileSync(file, `${lines.join('\n')}\n`);
  await runLjgate('import', '--store', store, file);
}

export async function startPeers(plan: Plan): Promise<Contestant[]> {
  const both: readonly Connections[] = ['new', 'kept'];
  const one: readonly Connections[] = ['new'];
  const peers = [
    { name: 'npm xmlrpc', kinds: both, start: () => startPeer('servers/xmlrpc.ts') },
    { name: '@foxglove/xmlrpc', kinds: both, start: () => startPeer('servers/foxglove.ts') },
    // It answers one connection after another: a kept one would keep the rest out.
    { name: 'Python SimpleXMLRPCServer', kinds: one, start: () => startPython('servers/simple.py') },
  ];
  const started = [];
  for (const { name, kinds, start } of peers) {
    try {
      started.push({ name, kinds, works: peerWork, server: await start() });
    } catch (error) {
      plan.skip(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return started;
}

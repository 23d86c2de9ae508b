/** Faults that a run has to find when they are planted: each is one that somebody could write. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Ports, Records, RefusalEntry } from '../../core/ports.ts';
import type { Invariant } from './model.ts';
import type { Fault } from './world.ts';

/** A planted fault, what finds it, and in how many seeds. */
export interface PlantedFault extends Fault {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly within: number;
}

/** The faults. */
export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'a spent challenge is put without its condition',
    breaks: ['once'],
    within: 40,
    tamper(command) {
      if (!(command instanceof PutItemCommand)) return;
      if (command.input.Item?.['owner']?.S?.startsWith('challenge#'))
        delete command.input.ConditionExpression;
    },
  },
  {
    name: 'an account is replaced without the condition on its revision',
    breaks: ['lost', 'ended', 'effect'],
    within: 400,
    tamper(command) {
      if (!(command instanceof PutItemCommand)) return;
      if (command.input.ConditionExpression?.includes('revision')) delete command.input.ConditionExpression;
    },
  },
  {
    name: 'records are read inconsistently',
    breaks: ['ended', 'lost', 'bans'],
    within: 40,
    tamper(command) {
      if (!(command instanceof BatchGetItemCommand)) return;
      for (const table of Object.values(command.input.RequestItems ?? {})) table.ConsistentRead = false;
    },
  },
  {
    name: 'an ended session leaves its row',
    breaks: ['ended'],
    within: 60,
    tamper(command) {
      if (command instanceof BatchWriteItemCommand) command.input.RequestItems = {};
    },
  },
  {
    name: 'expireall writes no new generation',
    breaks: ['ended'],
    within: 100,
    tamper(command) {
      if (!(command instanceof UpdateItemCommand)) return;
      const { UpdateExpression = '' } = command.input;
      command.input.UpdateExpression = UpdateExpression.replace(
        'ADD #generation :one, #revision',
        'ADD #revision',
      );
    },
  },
  {
    name: 'a refusal is counted after the answer',
    breaks: ['bans'],
    within: 40,
    plant: (ports) => ({
      ...ports,
      refused: {
        async count(entries, at) {
          const later = new Promise((resolve) => {
            queueMicrotask(() => resolve(undefined));
          });
          const slow = async () => {
            for (let i = 0; i < 3; i++) await ports.records.read(nothingOf(entries));
            await ports.refused.count(entries, at);
          };
          later.then(slow).catch(() => undefined);
          return new Map();
        },
      },
    }),
  },
  {
    name: 'records are cached for five seconds',
    breaks: ['ended', 'lost', 'bans', 'effect'],
    within: 40,
    plant(ports) {
      const cached = new Map<string, { readonly until: number; readonly records: Records }>();
      return {
        ...ports,
        records: {
          async read(query) {
            const name = JSON.stringify(query);
            const found = cached.get(name);
            if (found && ports.clock.now() < found.until) return found.records;
            const records = await ports.records.read(query);
            cached.set(name, { until: ports.clock.now() + 5000, records });
            return records;
          },
        },
      };
    },
  },
  {
    name: "a revoked key's sessions stay alive",
    breaks: ['ended'],
    within: 400,
    plant: (ports) => ({
      ...ports,
      sessions: { ...ports.sessions, add: ({ via: _, ...session }) => ports.sessions.add(session) },
    }),
  },
  {
    name: 'a session does not end with its time',
    breaks: ['ended'],
    within: 400,
    plant: (ports) => ({ ...ports, records: neverExpiring(ports) }),
  },
  {
    name: 'a call to the site is sent again where the connection broke',
    breaks: ['twice'],
    within: 60,
    transport: (send) => (request) => send(request).catch(() => send(request)),
  },
  {
    name: 'SQLite forgets to flush',
    breaks: ['lost', 'ended', 'bans'],
    within: 200,
    forgetsFlush: true,
  },
  {
    name: 'refusals are counted for the account alone',
    breaks: ['elsewhere'],
    within: 100,
    plant: (ports) => ({ ...ports, refused: anyAddress(ports), records: readingAnyAddress(ports) }),
  },
];

function neverExpiring({ records }: Ports): Ports['records'] {
  return {
    async read(query) {
      const found = await records.read(query);
      const lasting = [...found.sessions].map(
        ([id, session]) => [id, { ...session, expires: Number.MAX_SAFE_INTEGER }] as const,
      );
      return { ...found, sessions: new Map(lasting) };
    },
  };
}

type Keys = readonly RefusalEntry['key'][];

/** A read that takes its time and gives nothing of use. */
function nothingOf(entries: readonly RefusalEntry[]) {
  const account = 'victim' as Parameters<Ports['records']['read']>[0]['account'];
  return { account, sessions: [], refusals: entries.map(({ key }) => key) };
}

const anywhere = (key: RefusalEntry['key']) => key.replace(/@.*/, '@192.0.2.250') as RefusalEntry['key'];

function anyAddress({ refused }: Ports): Ports['refused'] {
  return {
    async count(entries, at) {
      const own = entries.filter(({ key }) => !key.startsWith('*'));
      const times = await refused.count(
        own.map((entry) => ({ ...entry, key: anywhere(entry.key) })),
        at,
      );
      return back(
        own.map(({ key }) => key),
        times,
      );
    },
  };
}

function readingAnyAddress({ records }: Ports): Ports['records'] {
  return {
    async read(query) {
      const own = query.refusals.filter((key) => !key.startsWith('*'));
      const found = await records.read({ ...query, refusals: own.map(anywhere) });
      return { ...found, refusals: back(own, found.refusals) };
    },
  };
}

function back(keys: Keys, times: ReadonlyMap<RefusalEntry['key'], readonly number[]>) {
  return new Map(keys.map((key) => [key, times.get(anywhere(key)) ?? []] as const));
}

/** How much of each quota a size takes in its busiest second. */
import type { Needs } from './model.ts';
import { type Quota, quotas } from './quotas.ts';

/** A quota and what loads it. */
export interface QuotaLoad {
  readonly name: string;
  readonly quota: Quota;
  /** In the quota's own unit. */
  load(needs: Needs): number;
}

/** Every quota that a size can meet. */
export const quotaLoads: readonly QuotaLoad[] = [
  {
    name: 'calls a second, throttleRate',
    quota: quotas.ownThrottle,
    load: ({ calls }) => calls,
  },
  { name: 'calls a second, API Gateway', quota: quotas.apiRequests, load: ({ calls }) => calls },
  { name: 'functions at once, Lambda', quota: quotas.concurrency, load: ({ concurrency }) => concurrency },
  { name: 'new functions in ten seconds, Lambda', quota: quotas.scaling, load: ({ growth }) => growth },
  { name: 'reads a second, table users', quota: quotas.tableReads, load: ({ usersReads }) => usersReads },
  {
    name: 'reads a second, table sessions',
    quota: quotas.tableReads,
    load: ({ sessionsReads }) => sessionsReads,
  },
  { name: 'reads a second, a table that is new', quota: quotas.newTableReads, load: mostReads },
  {
    name: 'writes a second, a table that is new',
    quota: quotas.newTableWrites,
    load: ({ writes }) => writes,
  },
  { name: 'writes a second, table sessions', quota: quotas.tableWrites, load: ({ writes }) => writes },
  {
    name: "reads a second, one network's row",
    quota: quotas.keyReads,
    load: ({ networkReads }) => networkReads,
  },
  {
    name: 'requests a second, Secrets Manager',
    quota: quotas.secretRequests,
    load: ({ secretRequests }) => secretRequests,
  },
  {
    name: 'requests a second, CloudWatch Logs',
    quota: quotas.logRequests,
    load: ({ logRequests }) => logRequests,
  },
];

function mostReads({ usersReads, sessionsReads }: Needs): number {
  return Math.max(usersReads, sessionsReads);
}

/** The share of a quota, 1 where it is met. */
export function shareOf({ quota, load }: QuotaLoad, needs: Needs): number {
  return load(needs) / quota.limit;
}

/** What `ljgate serve` says when it listens: where, on what data, and a first call to try. */
import { demoAccounts } from '../../infra/site/demo-accounts.ts';
import type { LineLogger } from '../wire/request-log.ts';
import type { ServeOptions } from './setting-options.ts';

/** Where the server listens, and on what data. */
export interface ServerInfo {
  readonly url: string;
  /** Where a site's own code asks, where it can. */
  readonly api?: string;
  /** Where Prometheus reads, where it can. */
  readonly metrics?: string;
  readonly store: string;
  /** With the demo accounts; counted no further than 1000. Absent: the store did not say. */
  readonly accounts?: number;
  readonly secretFile: string | undefined;
}

/** Announces the server: as a log line where logs are JSON, else to be read. */
export function announce(logger: LineLogger, { demo, log }: ServeOptions, info: ServerInfo): void {
  if (log === 'json') {
    logger.info(
      { ...info, pid: process.pid, ...(info.accounts === 0 && { newStore: true }), demo },
      'listening',
    );
    return;
  }
  const lines = [
    `ljgate listens on ${info.url}`,
    `  store   ${info.store}${counted(info.accounts)}`,
    `  secret  ${info.secretFile ?? 'in memory, lost when the server ends'}`,
    ...(info.api === undefined ? [] : [`  api     ${info.api}`]),
    ...(info.metrics === undefined ? [] : [`  metrics ${info.metrics}`]),
    `  process ${process.pid}, which SIGTERM ends`,
    ...(demo ? demoLines(info.url) : []),
  ];
  console.log(lines.join('\n'));
}

/** Reports an event of the process: in the log, or as a line by itself where there is no log. */
export function notice(logger: LineLogger, log: ServeOptions['log'], text: string): void {
  if (log === 'off') console.log(text);
  else logger.info({}, text);
}

function counted(accounts: number | undefined): string {
  switch (accounts) {
    case undefined:
      return '';
    case 0:
      return ' (new store, 0 accounts)';
    case 1:
      return ' (1 account)';
    case 1000:
      return ' (1000 accounts or more)';
    default:
      return ` (${accounts} accounts)`;
  }
}

function demoLines(url: string): string[] {
  const others = demoAccounts.map(({ username }) => username).filter((name) => name !== 'test');
  return [
    '',
    'DEMO: these accounts and their passwords are public; do not put this on the internet.',
    '  test / test',
    `  ${others.join(', ')} / demo`,
    '',
    'Try:',
    `  curl -d 'mode=login&user=test&password=test' ${url}/interface/flat`,
    `  or open ${url}/ in a browser`,
    '',
  ];
}

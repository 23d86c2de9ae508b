/** What `ljgate serve` says when it listens: where, on what data, and a first call to try. */
import { demoAccounts } from '../../infra/site/demo.ts';
import type { LineLogger } from '../http/log.ts';
import type { ServeOptions } from './options.ts';

/** Where the server stands. */
export interface Standing {
  readonly url: string;
  readonly store: string;
  readonly secretFile: string | undefined;
}

/** Announces the server: as a log line where logs are JSON, else to be read. */
export function announce(logger: LineLogger, { demo, log }: ServeOptions, standing: Standing): void {
  if (log === 'json') {
    logger.info({ ...standing, demo }, 'listening');
    return;
  }
  const lines = [
    `ljgate listens on ${standing.url}`,
    `  store   ${standing.store}`,
    `  secret  ${standing.secretFile ?? 'kept in memory, gone when it ends'}`,
    ...(demo ? demoLines(standing.url) : []),
  ];
  console.log(lines.join('\n'));
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

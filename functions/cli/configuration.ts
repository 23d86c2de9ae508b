/** The variables of this process, as the doctor looks at them. */
import { defaultBans } from '../../core/bans.ts';
import { parseSecretSpec } from '../../infra/secrets/spec.ts';
import {
  parseAddress,
  parseBan,
  parseLogFormat,
  parseMinutes,
  parsePort,
  parseSwitch,
  parseWorkers,
} from '../../infra/settings/parse.ts';
import type { Finding } from '../../infra/store/open-store.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { createSettings } from '../../infra/world.ts';

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  LJGATE_STORE: parseStoreSpec,
  LJGATE_SECRET: parseSecretSpec,
  LJGATE_DEMO: parseSwitch,
  LJGATE_HOST: parseAddress,
  LJGATE_PORT: parsePort,
  LJGATE_LOG: parseLogFormat,
  LJGATE_LOGIN_BAN: parseBan,
  LJGATE_SWEEP_BAN: parseBan,
  LJGATE_REMEMBER: parseMinutes,
  LJGATE_SITE: (file) => createSettings(defaultBans, file),
  LJGATE_TRUST_PROXY: parseAddress,
  LJGATE_CONSOLE: parseSwitch,
  LJGATE_WORKERS: parseWorkers,
  LJGATE_ORIGIN_PROOF: (text) => text,
};

/** Looks at every LJGATE_ variable; the tests' own are no concern of theirs. */
export function configuration(variables: NodeJS.ProcessEnv): readonly Finding[] {
  const names = Object.keys(variables).filter((name) => /^LJGATE_(?!TEST_)/.test(name));
  const crosses = names.flatMap((name): Finding[] => {
    const parse = parsers[name];
    const what = `configuration: ${name}`;
    if (!parse) {
      const remedy = `unset it; the variables are ${Object.keys(parsers).join(', ')}`;
      return [{ what, well: false, detail: 'is no variable of ljgate', remedy }];
    }
    try {
      parse(variables[name] ?? '');
      return [];
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return [{ what, well: false, detail, remedy: `set ${name} to what it wants, or unset it` }];
    }
  });
  if (crosses.length > 0) return crosses;
  const detail = names.length === 0 ? 'no variables set' : names.toSorted().join(', ');
  return [{ what: 'configuration', well: true, detail }];
}

/** `ljgate serve --check-config`: checks settings and the files that they name, and starts nothing. */
import { readSecretFile } from '../../infra/secrets/secret-file.ts';
import { refusePublicSuffix } from '../../infra/site/public-suffix.ts';
import { readSiteFile } from '../../infra/site/site-file.ts';
import { misspelt } from './check-variables.ts';
import { requirePrivateFiles } from './data-files.ts';
import { printJson, printLine } from './print.ts';
import { secretLocation } from './secret-location.ts';
import type { ServeOptions } from './setting-options.ts';
import { blame } from './usage-error.ts';

/**
 * Checks what is there without opening the store or making a file, and prints what it found.
 * @throws {UsageError} for the first that is wrong
 */
export async function checkConfig(options: ServeOptions): Promise<void> {
  const { site } = options;
  if (site !== undefined) await blame('--site', () => refusePublicSuffix(readSiteFile(site)));
  const location = secretLocation(options.secret, options.store);
  const warnings = [...misspelt(process.env), ...requirePrivateFiles(options.store, location)];
  if (location?.kind === 'file') await blame('--secret', () => readSecretFile(location.path));
  if (options.log === 'json') printJson({ well: true, warnings });
  else printLine([...warnings, 'the settings are right; nothing was started'].join('\n'));
}

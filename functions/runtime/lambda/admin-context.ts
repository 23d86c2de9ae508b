/** Opens what the admin function needs, from its variables. */
import { banRules, createOperator, type OperatorPlatform, unlockWith } from '../../../infra/compose.ts';
import type { OperatorContext } from '../../../infra/operations/verb-definition.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { unhurried } from '../../../infra/passwords/hasher.ts';
import { managedSecret } from '../../../infra/secrets/managed-secret.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import { secretFile } from '../../../infra/secrets/secret-file-source.ts';
import * as settings from '../../../infra/settings.ts';
import { readSettings, type SettingsOf, type Variables } from '../../../infra/settings-reader.ts';
import { passed } from '../../../infra/stores/finding.ts';
import type { OpenStore, StoreOpener } from '../../../infra/stores/open-store.ts';
import { checkSite } from '../../../infra/upstream/check-site.ts';
import { nodeTransport } from '../../../infra/upstream/node-transport.ts';

const table: SettingsOf<'admin'> = {
  store: settings.store,
  secret: settings.secret,
  loginBan: settings.loginBan,
  sweepBan: settings.sweepBan,
  accountBan: settings.accountBan,
  upstream: settings.upstream,
};

const platform: OperatorPlatform = { createHasher, createSealer };

/** @throws {Error} naming the variable that is wrong */
export async function openAdminContext(
  openStore: StoreOpener<OpenStore>,
  variables: Variables,
): Promise<OperatorContext> {
  const values = readSettings('admin', table, variables);
  const { secret, upstream } = values;
  const source = secret.kind === 'file' ? secretFile(secret.path) : managedSecret(secret.id);
  const store = await openStore(values.store);
  return createOperator({
    store,
    source,
    bans: banRules(values),
    configuration: [passed('configuration', `LJGATE_STORE, LJGATE_SECRET (${source.description})`)],
    ...(upstream && { checkSite: () => checkSite(upstream, nodeTransport()) }),
    // Read for each event: events are rare, and a rotated secret must be used at once.
    unlock: async () => unlockWith(platform, store, await source.read(), unhurried),
  });
}

/** The pages and the session check as a Lambda handler. */
import * as settings from '../../../infra/settings.ts';
import { readSettings, type Variables } from '../../../infra/settings-reader.ts';
import type { AdministeredStore, StoreOpener } from '../../../infra/stores/open-store.ts';
import { webPages } from '../../web/app.ts';
import { webContext } from '../../web/web-context.ts';
import { type Handler, requestHandler } from './lambda-handler.ts';

/**
 * Builds the handler. The pages' paths begin at the root of the host, so the stage must have no prefix: use the
 * `$default` stage of an HTTP API, a Function URL, or a domain of its own.
 */
export function webHandler(openStore: StoreOpener<AdministeredStore>, variables: Variables): Handler {
  return requestHandler(
    openStore,
    (composition, telemetry) => {
      const open = async () => webContext(await composition.open());
      const front = () => ({ ...readSettings('web', { console: settings.console }, variables), demo: [] });
      const publicKeys = async () => (await composition.open()).publicKeys?.();
      return { endpoints: [], pages: webPages({ ...telemetry, open, front, publicKeys }) };
    },
    variables,
  );
}

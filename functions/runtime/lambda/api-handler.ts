/** The interface for sites as a Lambda handler. */
import type { Variables } from '../../../infra/settings-reader.ts';
import type { AdministeredStore, StoreOpener } from '../../../infra/stores/open-store.ts';
import { apiContext } from '../../api/api-context.ts';
import { optionalApi } from '../optional-api.ts';
import { type Handler, requestHandler } from './lambda-handler.ts';

/** Builds the handler. It answers 404 unless LJGATE_API is `same`. */
export function apiHandler(openStore: StoreOpener<AdministeredStore>, variables: Variables): Handler {
  return requestHandler(
    openStore,
    (composition, telemetry) => ({
      endpoints: [],
      ...optionalApi('functionApi', variables, {
        ...telemetry,
        open: async () => apiContext(await composition.open()),
      }),
    }),
    variables,
  );
}

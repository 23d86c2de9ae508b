/** The interface for sites on runtimes where it has no listener of its own: it is off, or on every path of its own. */
import * as settings from '../../infra/settings.ts';
import { readSettings, type Variables, WrongSetting } from '../../infra/settings-reader.ts';
import { createApi } from '../api/api-app.ts';
import { problemBody } from '../api/problem.ts';
import type { ApiOptions } from '../api/run-operation.ts';
import type { HandlerOptions } from '../wire/handle-request.ts';
import { wireResponse } from '../wire/wire-request.ts';

/** The part of a handler that answers for it. A wrong setting of it takes nothing else with it. */
export function optionalApi(
  reader: 'workerApi' | 'functionApi',
  variables: Variables,
  options: ApiOptions,
): Pick<HandlerOptions, 'api'> {
  try {
    const { api } = readSettings(reader, { api: settings.api }, variables);
    switch (api.kind) {
      case 'off':
        return {};
      case 'same':
        return { api: createApi(options) };
      case 'address':
      case 'socket':
        throw new WrongSetting(`${settings.api.variable} wants "same" or "off" here`);
    }
  } catch (error) {
    return { api: async () => unavailable(options, error) };
  }
}

function unavailable({ logError }: ApiOptions, error: unknown) {
  logError(error);
  const detail = 'This server is not set up correctly. Its log says which setting is wrong.';
  const headers = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store, no-transform' };
  return wireResponse(503, JSON.stringify(problemBody({ status: 503, detail })), headers);
}

/** The listener of `--metrics`: one page, which Prometheus reads. */
import type { MetricsListener } from '../../infra/parse-address.ts';
import type { Metrics } from '../runtime/node/metrics.ts';
import type { ListenOptions, RunningServer } from '../runtime/node/server.ts';
import { pathOf } from '../wire/routes.ts';
import { type Handle, textResponse, wireResponse } from '../wire/wire-request.ts';
import { startListener } from './own-listener.ts';

/** Starts to listen, where there are metrics. @throws {Error} */
export async function startMetrics(
  listener: MetricsListener,
  options: ListenOptions,
  metrics: Metrics | undefined,
): Promise<RunningServer | undefined> {
  if (listener.kind === 'off' || !metrics) return undefined;
  return startListener('--metrics', listener, options, () => metricsApp(metrics));
}

function metricsApp({ contentType, text }: Pick<Metrics, 'contentType' | 'text'>): Handle {
  return async ({ method, target }) => {
    if (pathOf(target) !== '/metrics') return textResponse(404, 'Not found; the metrics are at /metrics');
    if (method !== 'GET' && method !== 'HEAD') {
      return textResponse(405, 'Method not allowed; use GET', { Allow: 'GET, HEAD' });
    }
    const response = wireResponse(200, await text(), { 'Content-Type': contentType });
    return method === 'HEAD' ? { ...response, body: '' } : response;
  };
}

/** The functions' telemetry: Powertools' log lines, and metrics in CloudWatch's embedded format. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Variables } from '../../../infra/settings-reader.ts';
import type { CallReport } from '../../wire/endpoint.ts';
import {
  isFailure,
  type LineLogger,
  logEachCall,
  type RequestEntry,
  type RequestLog,
} from '../../wire/request-log.ts';
import { deploymentOf } from './deployment.ts';

/** Where a function's requests and unexpected errors are reported. */
export interface Telemetry {
  readonly log: RequestLog;
  /** Where changes are audited. */
  readonly audit: Pick<LineLogger, 'info'>;
  logError(error: unknown): void;
}

/** Opens the telemetry of one function; its lines go to standard output, where Lambda picks them up. */
export function createTelemetry(variables: Variables): Telemetry {
  const { stage, version } = deploymentOf(variables);
  const logger = new Logger({ serviceName: 'ljgate', persistentLogAttributes: { stage, version } });
  const metrics = new Metrics({ namespace: 'ljgate' });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ stage });
  const lines = {
    info: (fields: object, text: string) => logger.info(text, { ...fields }),
    warn: (fields: object, text: string) => logger.warn(text, { ...fields }),
    error: (fields: object, text: string) => logger.error(text, { ...fields }),
  };
  let cold = true;
  return {
    log(entry) {
      logEachCall(lines, entry);
      entry.calls.forEach((call, i) => {
        // The times are those of the whole request, so a multicall reports them once, with its first call.
        if (i === 0) addRequest(metrics, entry, cold);
        addCall(metrics, call);
        metrics.publishStoredMetrics();
        cold = false;
        // AWS bills each name in each set of dimensions, so the larger set has the fewest names.
        addOutcome(metrics, call);
        // Strangers choose the names of the site's methods: each would be a metric of its own.
        metrics.addDimensions({ wire: entry.wire, method: call.relayed ? 'relayed' : call.method });
        metrics.publishStoredMetrics();
      });
    },
    audit: lines,
    logError: (error) => logger.error('request failed', { error }),
  };
}

function addRequest(metrics: Metrics, entry: RequestEntry, cold: boolean): void {
  metrics.addMetric('durationMs', MetricUnit.Milliseconds, entry.ms);
  metrics.addMetric('storeMs', MetricUnit.Milliseconds, entry.storeMs);
  metrics.addMetric('remembered', MetricUnit.Count, entry.remembered);
  if (entry.hashMs > 0) metrics.addMetric('hashMs', MetricUnit.Milliseconds, entry.hashMs);
  if (cold) metrics.addMetric('coldStart', MetricUnit.Count, 1);
}

function addCall(metrics: Metrics, call: CallReport): void {
  const { outcome, cause } = call;
  addOutcome(metrics, call);
  count(metrics, 'banned', outcome === 402);
  count(metrics, 'secretFailures', cause instanceof Error && cause.name === 'SecretUnavailable');
  const siteFailed = cause instanceof Error && cause.name === 'SiteFailed';
  if (!call.relayed || (outcome !== 'ok' && !siteFailed)) return;
  count(metrics, 'relayed', true);
  count(metrics, 'relayFailures', siteFailed);
  if (call.upstreamMs !== undefined) {
    metrics.addMetric('upstreamMs', MetricUnit.Milliseconds, call.upstreamMs);
  }
}

function addOutcome(metrics: Metrics, call: CallReport): void {
  count(metrics, 'calls', true);
  count(metrics, 'failures', isFailure(call));
  count(metrics, 'refusals', call.outcome !== 'ok' && !isFailure(call));
}

function count(metrics: Metrics, name: string, holds: boolean): void {
  metrics.addMetric(name, MetricUnit.Count, holds ? 1 : 0);
}

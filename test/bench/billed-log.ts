/** What functions write to their logs: bytes, which are billed, and metrics, which are, too. */
import * as v from 'valibot';

/** How many metrics were seen, each a name with one set of dimensions. */
export interface NamedMetrics {
  /** Of the stage as a whole. */
  readonly stage: number;
  /** Of one wire and method. */
  readonly method: number;
}

/** Bytes and lines of a log, as they were printed. */
export function logOf(log: readonly unknown[]): { readonly bytes: number; readonly lines: number } {
  const sizes = log.map((line) => Buffer.byteLength(typeof line === 'string' ? line : JSON.stringify(line)));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), lines: log.length };
}

const embedded = v.looseObject({
  _aws: v.object({
    CloudWatchMetrics: v.array(
      v.object({
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string() })),
      }),
    ),
  }),
});

/** Counts the metrics in lines of CloudWatch's embedded format. */
export function metricsOf(log: readonly unknown[]): NamedMetrics {
  const stage = new Set<string>();
  const method = new Set<string>();
  for (const line of log) {
    const { success, output } = v.safeParse(embedded, line);
    if (!success) continue;
    for (const { Dimensions, Metrics } of output._aws.CloudWatchMetrics) {
      const ofStage = Dimensions.every((names) => names.length === 1);
      for (const { Name } of Metrics) (ofStage ? stage : method).add(Name);
    }
  }
  return { stage: stage.size, method: method.size };
}

import type { Clock } from './clock.ts';

/** Namespace of the product's own metrics in CloudWatch. */
const NAMESPACE = 'Oratio/Voice';

/**
 * Counts one more of something, as a line in CloudWatch's embedded metric format: Logs makes the metric of it, no call
 * is needed and no permission.
 */
export const countMetric = (name: string, dimensions: Readonly<Record<string, string>>, clock: Clock): void =>
  gaugeMetric(name, 1, dimensions, clock);

/** How many of something there are now. */
export const gaugeMetric = (
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  clock: Clock,
): void => {
  const metrics = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  const line = { _aws: { Timestamp: clock.now(), CloudWatchMetrics: [metrics] }, ...dimensions, [name]: value };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

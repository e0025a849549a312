import type { JsonObject } from '../core/service.ts';
import type { PolledMessage } from '../services/sqs/index.ts';

/** A queue whose messages a function is invoked with (`AWS::Lambda::EventSourceMapping`). */
export interface EventSource {
  readonly id: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  /** Batches at work at the same time. */
  readonly maximumConcurrency: number;
  readonly reportsItemFailures: boolean;
}

/** Lambda's default for queues, and the most of a FIFO queue (developer guide, "Using Lambda with Amazon SQS"). */
const DEFAULT_BATCH = 10;
const MOST_OF_FIFO = 10;
/** Lambda goes up to 1,250; here each batch is a process. */
const DEFAULT_CONCURRENCY = 10;

interface Declared {
  readonly EventSourceArn?: string;
  readonly Enabled?: boolean | string;
  readonly BatchSize?: number | string;
  readonly MaximumBatchingWindowInSeconds?: number | string;
  readonly FunctionResponseTypes?: readonly string[];
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number | string };
  readonly FilterCriteria?: unknown;
}

/** Throws for what Lambda would refuse, and for sources and settings that are not served. */
export function readEventSource(id: string, functionName: string, properties: JsonObject): EventSource {
  const declared = properties as Declared;
  const { EventSourceArn: queueArn = '', FunctionResponseTypes = [], ScalingConfig } = declared;
  if (queueArn.split(':')[2] !== 'sqs') throw new Error(`an event source like ${queueArn} is not served`);
  if (declared.FilterCriteria !== undefined) throw new Error('FilterCriteria of event sources are not served');
  const batchSize = Number(declared.BatchSize ?? DEFAULT_BATCH);
  if (queueArn.endsWith('.fifo')) checkFifo(declared, batchSize);
  return {
    id,
    queueArn,
    functionName,
    isEnabled: String(declared.Enabled ?? true) === 'true',
    batchSize,
    maximumConcurrency: Number(ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
    reportsItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}

function checkFifo({ MaximumBatchingWindowInSeconds = 0 }: Declared, batchSize: number): void {
  if (batchSize > MOST_OF_FIFO) {
    throw new Error(`Batch size must be between 1 and ${MOST_OF_FIFO} for FIFO queues`);
  }
  if (Number(MaximumBatchingWindowInSeconds) > 0) {
    throw new Error('Batching window is not supported for FIFO queues.');
  }
}

/** The event that the function gets (developer guide, "Example Amazon SQS message event"). */
export function queueEvent(messages: readonly PolledMessage[], queueArn: string, region: string): string {
  return JSON.stringify({
    Records: messages.map(({ message, receiptHandle, systemAttributes, md5OfBody }) => ({
      messageId: message.messageId,
      receiptHandle,
      body: message.body,
      attributes: systemAttributes,
      messageAttributes: Object.fromEntries(
        Object.entries(message.attributes).map(([name, { StringValue, BinaryValue, DataType }]) => [
          name,
          {
            ...(StringValue === undefined ? {} : { stringValue: StringValue }),
            ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType,
          },
        ]),
      ),
      md5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  });
}

/**
 * Ids of the messages that the function did not get done, from what it returned: none for an empty list or no answer,
 * all of them for an answer that cannot be read or names what was not in the batch (developer guide, "Success and failure
 * conditions").
 */
export function failedItems(payload: string, batch: readonly string[]): ReadonlySet<string> {
  const all = new Set(batch);
  const failures = failuresIn(payload);
  if (failures === undefined) return new Set();
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure ? failure.itemIdentifier : undefined,
  );
  const known = ids.filter((id): id is string => typeof id === 'string' && all.has(id));
  return known.length < ids.length ? all : new Set(known);
}

/** `undefined` where the answer tells of no failures. */
function failuresIn(payload: string): unknown {
  const answer: unknown = JSON.parse(payload);
  if (answer === null) return undefined;
  if (typeof answer !== 'object') return 'unreadable';
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  return batchItemFailures ?? undefined;
}

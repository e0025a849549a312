import type { CloudContext, FunctionResult } from '../core/service.ts';
import type { PolledMessage, QueueAccess } from '../services/sqs/index.ts';
import { type EventSource, failedItems, queueEvent } from './event-source.ts';

export interface PollerDependencies {
  readonly context: Pick<CloudContext, 'clock' | 'region' | 'log'>;
  readonly queues: QueueAccess;
  /** Throws `TooManyRequestsException` when the function is at its limit. */
  readonly run: (source: EventSource, payload: string) => Promise<FunctionResult>;
}

/** Wait before a throttled batch is tried again. */
const THROTTLED_MS = 1000;
/** Default of SQS, in seconds. */
const VISIBILITY_SECONDS = 30;

/**
 * Invokes a function with the messages of a queue, as Lambda does: what succeeded is deleted, what did not stays hidden
 * until its visibility timeout and comes again, until the queue's redrive policy takes it away.
 */
export class EventSourcePoller {
  readonly #source: EventSource;
  readonly #dependencies: PollerDependencies;
  readonly #closing = new AbortController();
  readonly #batches = new Set<Promise<void>>();

  constructor(source: EventSource, dependencies: PollerDependencies) {
    this.#source = source;
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#poll().catch((error: Error) => {
      if (!this.#closing.signal.aborted) this.#log(`no longer polled: ${error.message}`);
    });
  }

  /** Takes no more messages; what is under way is not deleted any more and comes again. */
  close(): void {
    this.#closing.abort(new Error('the poller is closed'));
  }

  #log(text: string): void {
    this.#dependencies.context.log(`lambda: ${this.#source.queueArn} for ${this.#source.functionName}: ${text}`);
  }

  async #poll(): Promise<void> {
    const { queues } = this.#dependencies;
    const { queueArn, batchSize, maximumConcurrency } = this.#source;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      if (this.#batches.size >= maximumConcurrency) await Promise.race(this.#batches);
      if (signal.aborted) return;
      const messages = queues.receive(queueArn, batchSize);
      if (messages.length === 0) await queues.untilReady(queueArn, signal);
      else this.#launch(messages);
    }
  }

  #launch(messages: readonly PolledMessage[]): void {
    const work = this.#work(messages)
      .catch((error: Error) => {
        if (!this.#closing.signal.aborted) this.#log(`a batch of ${messages.length} failed: ${error.message}`);
      })
      .finally(() => this.#batches.delete(work));
    this.#batches.add(work);
  }

  async #work(messages: readonly PolledMessage[]): Promise<void> {
    const { queues, context } = this.#dependencies;
    const { queueArn, reportsItemFailures } = this.#source;
    const result = await this.#invoke(queueEvent(messages, queueArn, context.region));
    if (this.#closing.signal.aborted || result === undefined || result.functionError) return;
    const ids = messages.map(({ message }) => message.messageId);
    const failed = reportsItemFailures ? failedItems(result.payload, ids) : new Set();
    for (const { message, receiptHandle } of messages) {
      if (!failed.has(message.messageId)) queues.delete(queueArn, receiptHandle);
    }
  }

  /** Undefined when the function was at its limit until the messages became visible again. */
  async #invoke(payload: string): Promise<FunctionResult | undefined> {
    const { run, queues, context } = this.#dependencies;
    const { VisibilityTimeout = VISIBILITY_SECONDS } = queues.attributesOf(this.#source.queueArn);
    const untilMs = context.clock.now() + Number(VisibilityTimeout) * 1000;
    for (;;) {
      try {
        return await run(this.#source, payload);
      } catch (error) {
        const isThrottled = error instanceof Error && error.name === 'TooManyRequestsException';
        if (!isThrottled) throw error;
        if (context.clock.now() + THROTTLED_MS >= untilMs) return undefined;
        await context.clock.sleep(THROTTLED_MS, this.#closing.signal);
      }
    }
  }
}

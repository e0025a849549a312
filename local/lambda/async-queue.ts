import { randomUUID } from 'node:crypto';
import type { CloudContext, FunctionResult } from '../core/service.ts';
import type { FunctionConfig } from './function-config.ts';

/** How failures of asynchronous invocations are dealt with (`AWS::Lambda::EventInvokeConfig`). */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailureArn?: string;
  readonly onSuccessArn?: string;
}

/** Lambda's defaults: two retries, six hours (developer guide, "Asynchronous invocation"). */
export const DEFAULT_EVENT_INVOKE: EventInvokeConfig = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };
/** Wait before the first and the second retry (the same page). */
const RETRY_WAITS_MS = [60_000, 120_000];

interface QueuedEvent {
  readonly id: string;
  readonly functionName: string;
  readonly payload: string;
  readonly attempt: number;
  readonly receivedAtMs: number;
  readonly notBeforeMs: number;
  /** Its last attempt has begun: whatever becomes of it, there is none after it. */
  readonly isLast?: boolean;
}

/** What becomes of an event whose last attempt died with its cloud. */
const LOST: FunctionResult = {
  functionError: 'Unhandled',
  payload: JSON.stringify({
    errorType: 'Runtime.ExitError',
    errorMessage: 'Error: Runtime exited with error: signal: killed',
  }),
};

/** The end of an asynchronous invocation, for its destination or dead-letter queue. */
export interface EventOutcome {
  readonly requestId: string;
  readonly config: FunctionConfig;
  readonly invoke: EventInvokeConfig;
  readonly payload: string;
  readonly result: FunctionResult;
  readonly attempts: number;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
}

export interface AsyncQueueDependencies {
  readonly context: Pick<CloudContext, 'store' | 'clock' | 'log'>;
  readonly find: (functionName: string) => { config: FunctionConfig; invoke: EventInvokeConfig } | undefined;
  readonly run: (config: FunctionConfig, payload: string) => Promise<FunctionResult>;
  readonly deliver: (outcome: EventOutcome) => Promise<void>;
}

/** Accepted events, kept durably until they have succeeded or been given up: at least once, as Lambda promises. */
export class AsyncQueue {
  readonly #dependencies: AsyncQueueDependencies;
  readonly #closing = new AbortController();

  constructor(dependencies: AsyncQueueDependencies) {
    this.#dependencies = dependencies;
  }

  get #events() {
    return this.#dependencies.context.store('lambda-async');
  }

  /**
   * Takes up the events that an earlier process accepted and did not finish. A function that is never to be retried
   * (`MaximumRetryAttempts` 0) does not get an event again that it was at work on.
   */
  resume(): void {
    for (const { value } of this.#events.list<QueuedEvent>()) this.#start(value);
  }

  accept(functionName: string, payload: string): void {
    const nowMs = this.#dependencies.context.clock.now();
    const event = { id: randomUUID(), functionName, payload, attempt: 1, receivedAtMs: nowMs, notBeforeMs: nowMs };
    this.#events.put(event.id, event);
    this.#start(event);
  }

  close(): void {
    this.#closing.abort();
  }

  /** Names of the functions that accepted events wait for. */
  pending(): readonly string[] {
    return this.#events.list<QueuedEvent>().map(({ value }) => value.functionName);
  }

  #start(event: QueuedEvent): void {
    this.#work(event).catch((error: Error) => {
      if (!this.#closing.signal.aborted)
        this.#dependencies.context.log(`lambda: ${event.functionName}: ${error.message}`);
    });
  }

  async #work(first: QueuedEvent): Promise<void> {
    const { context, find, run } = this.#dependencies;
    const { signal } = this.#closing;
    for (let event = first; ; ) {
      const waitMs = event.notBeforeMs - context.clock.now();
      if (waitMs > 0) await context.clock.sleep(waitMs, signal);
      const known = find(event.functionName);
      if (!known) return this.#events.delete(event.id);
      const result = event.isLast ? LOST : await run(known.config, this.#begun(event, known.invoke).payload);
      // A cloud that was stopped meanwhile delivers the event again at its next start.
      if (signal.aborted) return;
      const retry = result.functionError ? this.#retryOf(event, known.invoke) : undefined;
      if (retry === undefined || typeof retry === 'string') {
        await this.#finish(event, known, result, retry ?? 'Success');
        return;
      }
      event = retry;
      this.#events.put(event.id, event);
    }
  }

  #begun(event: QueuedEvent, { maximumRetryAttempts }: EventInvokeConfig): QueuedEvent {
    if (maximumRetryAttempts === 0) this.#events.put(event.id, { ...event, isLast: true });
    return event;
  }

  #retryOf(event: QueuedEvent, invoke: EventInvokeConfig): QueuedEvent | 'RetriesExhausted' | 'EventAgeExceeded' {
    if (event.attempt > invoke.maximumRetryAttempts) return 'RetriesExhausted';
    const waitMs = RETRY_WAITS_MS[event.attempt - 1] ?? 120_000;
    const notBeforeMs = this.#dependencies.context.clock.now() + waitMs;
    if (notBeforeMs - event.receivedAtMs > invoke.maximumEventAgeSeconds * 1000) return 'EventAgeExceeded';
    return { ...event, attempt: event.attempt + 1, notBeforeMs };
  }

  async #finish(
    event: QueuedEvent,
    { config, invoke }: { config: FunctionConfig; invoke: EventInvokeConfig },
    result: FunctionResult,
    condition: EventOutcome['condition'],
  ): Promise<void> {
    const { id: requestId, payload, attempt: attempts } = event;
    await this.#dependencies.deliver({ requestId, config, invoke, payload, result, attempts, condition });
    this.#events.delete(event.id);
  }
}

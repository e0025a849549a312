import type { CloudClock } from '../../../core/service.ts';

/** What a flow that waits for its customer gets. */
export type Input =
  | { readonly kind: 'input'; readonly value: string }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'over' };

/**
 * The running side of a contact: what the customer does reaches the flow here, and whoever plays the customer learns
 * when it is their turn again. Speech takes no time; only waiting does.
 */
export class LiveContact {
  readonly #over = new AbortController();
  readonly #clock: CloudClock;
  #typedAhead: string[] = [];
  #take: ((input: Input) => void) | undefined;
  /** Events the flow wants to hear of while it waits. */
  #events: readonly string[] = [];
  #takesInput = false;
  #running = false;
  #resting: (() => void)[] = [];

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Keys or words; kept until the flow asks for some. */
  offer(value: string): void {
    if (this.#take && this.#takesInput) this.#answer({ kind: 'input', value });
    else this.#typedAhead.push(value);
  }

  /** A message of a chat: input where the flow asks for some, only conversation anywhere else. */
  offerNow(value: string): void {
    if (this.#take && this.#takesInput) this.#answer({ kind: 'input', value });
  }

  /** Tells a flow that waits for it; nothing otherwise. */
  tell(name: string): void {
    if (this.#events.includes(name)) this.#answer({ kind: 'event', name });
  }

  /** Time that the flow gives is over at once. */
  passTime(): void {
    this.#answer({ kind: 'timeout' });
  }

  get waits(): boolean {
    return this.#take !== undefined;
  }

  /** The customer's next input, or the end of the time; `events` and no input for a Wait. */
  async next(limitMs: number, events?: readonly string[]): Promise<Input> {
    if (this.over.aborted) return { kind: 'over' };
    const waiting = events === undefined ? this.#typedAhead.shift() : undefined;
    if (waiting !== undefined) return { kind: 'input', value: waiting };
    this.#takesInput = events === undefined;
    this.#events = events ?? [];
    const timer = new AbortController();
    const input = new Promise<Input>((resolve) => {
      this.#take = resolve;
    });
    const timeout = this.#clock.sleep(limitMs, timer.signal).then(
      (): Input => ({ kind: 'timeout' }),
      (): Input => ({ kind: 'over' }),
    );
    this.#rest();
    const got = await Promise.race([input, timeout]);
    this.#take = undefined;
    this.#events = [];
    timer.abort();
    return this.over.aborted ? { kind: 'over' } : got;
  }

  /** While the flow runs and does not wait, the customer's turn has not come. */
  async during(work: Promise<void>): Promise<void> {
    this.#running = true;
    try {
      await work;
    } finally {
      this.#running = false;
      this.#rest();
    }
  }

  /** Settles when the flow waits for something or has come to its end. */
  settled(): Promise<void> {
    if (!this.#running || this.waits) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resting.push(resolve);
    });
  }

  end(): void {
    this.#over.abort();
    this.#typedAhead = [];
    this.#answer({ kind: 'over' });
  }

  #answer(input: Input): void {
    const take = this.#take;
    this.#take = undefined;
    take?.(input);
  }

  #rest(): void {
    for (const resolve of this.#resting.splice(0)) resolve();
  }
}

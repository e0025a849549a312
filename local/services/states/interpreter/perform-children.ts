import type { Json } from '../../../core/service.ts';
import type { MapState, ParallelState, StatesBlock } from './definition.ts';
import { Cancelled, StatesError } from './errors.ts';
import { evaluate } from './expression.ts';
import { bindingsOf, type Frame, retryCountOf } from './frame.ts';
import type { Checkpoint } from './journal.ts';

/** Iterations an inline Map runs at once at most (developer guide, "Using Map state in Inline mode"). */
const MAX_INLINE_CONCURRENCY = 40;

/** Runs a frame to its end; handed in so that frames and their children need not import one another. */
export type RunFrame = (frame: Frame, input: Json, parentEventId: number) => Promise<Json>;

/** Runs every branch; the first failure cancels the others and is the state's failure. */
export const performParallel = async (
  runFrame: RunFrame,
  frame: Frame,
  checkpoint: Checkpoint,
  state: ParallelState,
): Promise<Json> => {
  const children = new AbortController();
  const input = checkpoint.arguments ?? null;
  return settleTogether(
    children,
    state.Branches.map((block, index) =>
      runFrame(childOf(frame, checkpoint, block, index, children.signal), input, checkpoint.lastEventId),
    ),
  );
};

/** Runs the item processor over the items, at most `MaxConcurrency` at once, and gives the results in the items' order. */
export const performMap = async (
  runFrame: RunFrame,
  frame: Frame,
  checkpoint: Checkpoint,
  state: MapState,
): Promise<Json> => {
  const items = checkpoint.arguments as Json[];
  const children = new AbortController();
  const results: Json[] = items.map(() => null);
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const [Index, Value] = entry;
      const child: Frame = {
        ...childOf(frame, checkpoint, state.ItemProcessor, Index, children.signal),
        iteration: { Index, Value },
      };
      child.signal.throwIfAborted();
      results[Index] = await runFrame(child, await itemInput(child, checkpoint, state), checkpoint.lastEventId);
    }
  };
  const concurrency = await concurrencyOf(frame, checkpoint, state);
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, worker);
  await settleTogether(children, workers);
  return results;
};

/** What the children work on, evaluated once an attempt so that a resumed one sees the same. */
export const childrenInput = async (
  frame: Frame,
  checkpoint: Checkpoint,
  state: ParallelState | MapState,
): Promise<Json> => {
  const [template, field] =
    state.Type === 'Parallel' ? ([state.Arguments, 'Arguments'] as const) : ([state.Items, 'Items'] as const);
  const value =
    template === undefined ? checkpoint.input : await evaluate(template, bindingsOf(frame, checkpoint), field);
  if (state.Type === 'Map' && !Array.isArray(value)) {
    throw new StatesError('States.QueryEvaluationError', `The field 'Items' must be an array.`);
  }
  return value;
};

const itemInput = (child: Frame, checkpoint: Checkpoint, state: MapState): Promise<Json> | Json =>
  state.ItemSelector === undefined
    ? (child.iteration?.Value ?? null)
    : evaluate(state.ItemSelector, bindingsOf(child, checkpoint), 'ItemSelector');

const concurrencyOf = async (frame: Frame, checkpoint: Checkpoint, state: MapState): Promise<number> => {
  if (state.MaxConcurrency === undefined) return MAX_INLINE_CONCURRENCY;
  const value = await evaluate(state.MaxConcurrency, bindingsOf(frame, checkpoint), 'MaxConcurrency');
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new StatesError('States.QueryEvaluationError', `The field 'MaxConcurrency' must be an integer.`);
  }
  return value === 0 ? MAX_INLINE_CONCURRENCY : Math.min(value, MAX_INLINE_CONCURRENCY);
};

const childOf = (
  frame: Frame,
  checkpoint: Checkpoint,
  block: StatesBlock,
  index: number,
  siblings: AbortSignal,
): Frame => ({
  ...frame,
  block,
  path: `${frame.path}/${checkpoint.visit}.${retryCountOf(checkpoint)}/${index}`,
  outerVariables: { ...frame.outerVariables, ...checkpoint.variables },
  signal: AbortSignal.any([frame.signal, siblings]),
});

/** Waits for all, so that nothing of a failed state is still at work when its parent goes on. */
const settleTogether = async <T>(children: AbortController, work: Promise<T>[]): Promise<T[]> => {
  let failure: { readonly error: unknown } | undefined;
  const watched = work.map((promise) =>
    promise.catch((error: unknown) => {
      failure ??= { error };
      children.abort(new Cancelled());
      return undefined;
    }),
  );
  const results = await Promise.all(watched);
  if (failure) throw failure.error;
  return results as T[];
};

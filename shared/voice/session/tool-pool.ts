import type { AgentBrain } from './agent-brain.ts';
import type { Effect } from './session-events.ts';
import { failure, runTool, type ToolOutcome } from './tools.ts';

/** Tools at work in the background. */
export interface ToolPool {
  readonly run: (use: Extract<Effect, { type: 'run-tool' }>) => void;
  readonly cancel: (stream: number, toolUseId: string) => void;
  readonly cancelAll: () => void;
}

/** `brains` by their cast; more may come behind. `settled` hears of every use that was not cancelled, once. */
export function createToolPool(
  { brains }: { readonly brains: readonly { readonly brain: AgentBrain }[] },
  settled: (stream: number, toolUseId: string, outcome: ToolOutcome) => void,
): ToolPool {
  const running = new Map<string, AbortController>();
  const key = (stream: number, toolUseId: string): string => `${stream}:${toolUseId}`;

  const cancel = (id: string): void => {
    running.get(id)?.abort(new Error('The tool use was given up.'));
    running.delete(id);
  };

  return {
    run({ cast, stream, toolUseId, name, input, history, live }) {
      const own = brains[cast];
      if (!own) throw new RangeError(`There is no agent ${cast}.`);
      const id = key(stream, toolUseId);
      const abort = new AbortController();
      running.set(id, abort);
      void runTool(own, { name, input, history, live, signal: abort.signal })
        .catch(() => failure('The tool was given up.'))
        .then((outcome) => {
          if (abort.signal.aborted) return;
          running.delete(id);
          settled(stream, toolUseId, outcome);
        });
    },
    cancel: (stream, toolUseId) => cancel(key(stream, toolUseId)),
    cancelAll() {
      for (const id of running.keys()) cancel(id);
    },
  };
}

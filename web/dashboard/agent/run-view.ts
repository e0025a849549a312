import type { AgentDetail } from '../agents/agent-types.ts';

export type Provisioning = AgentDetail['provisioning'];
export type StepLine = Provisioning['steps'][number];
export type StepStatus = StepLine['status'] | 'waiting' | 'skipped';

/** What a box of the picture shows. */
export interface StepView {
  readonly name: string;
  readonly status: StepStatus;
  readonly attempt: number;
  /** Unix milliseconds; of a step that runs, until now. */
  readonly durationMs: number | undefined;
  readonly detail: string | undefined;
}

/** Where a step stands in a run; `nowMs` is Unix time. */
export function stepView(name: string, { steps, status }: Provisioning, nowMs: number): StepView {
  const line = steps.find(({ step }) => step === name);
  if (line === undefined) {
    // A run that succeeded went past what it has not touched: one for channels alone leaves code and runtime as they are.
    const missing = status === 'succeeded' ? 'skipped' : 'waiting';
    return { name, status: missing, attempt: 0, durationMs: undefined, detail: undefined };
  }
  const { attempt, startedAtMs, endedAtMs, detail } = line;
  const durationMs = (endedAtMs ?? nowMs) - startedAtMs;
  return { name, status: line.status, attempt, durationMs: Math.max(0, durationMs), detail };
}

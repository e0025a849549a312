import type { Agent } from '../agents/agent.ts';
import { PROVISIONING_STEPS, type StepProgress } from './provisioning.ts';

const STEPS: readonly string[] = [...PROVISIONING_STEPS, 'Compensate'];

/** The steps of provisioning in which a function may still be at work, other than the one asking. */
export const workInFlight = (
  { provisioning }: Pick<Agent, 'provisioning'>,
  asking: string,
  nowMs: number,
): StepProgress[] =>
  Object.values(provisioning.steps).filter(
    ({ step, busyUntilMs }) =>
      step !== asking && STEPS.includes(step) && busyUntilMs !== undefined && busyUntilMs > nowMs,
  );

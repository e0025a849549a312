import type * as z from 'zod';
import { type Controller, controllerAt, type Operator } from './command.ts';
import type { AgentContextView, ControllerView } from './control-view-schemas.ts';
import type { LiveContext } from './live-context.ts';

/** Who has a call in hand, as whoever asks sees it; null once the lease is over. */
export const controllerView = (
  controller: Controller | undefined,
  asks: Operator | undefined,
  nowMs: number,
): z.output<typeof ControllerView> | null => {
  const now = controllerAt(controller, nowMs);
  if (now === undefined) return null;
  const { operator, sinceMs, untilMs } = now;
  return { operator: operator.name, isYou: operator.id === asks?.id, sinceMs, untilMs };
};

/** What an agent is told for now, as its owner sees it. */
export const agentContextView = (
  agentId: string,
  live: LiveContext | undefined,
): z.output<typeof AgentContextView> => ({
  agentId,
  version: live?.version ?? 0,
  data: { ...live?.data },
  notes: live?.notes ?? null,
  specialInstructions: live?.specialInstructions ?? null,
  updatedAtMs: live?.updatedAtMs ?? null,
});

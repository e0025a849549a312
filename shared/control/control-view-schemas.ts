import * as z from 'zod';
import { CONTROL_ACTIONS } from './command.ts';

const UnixMs = z.int().meta({ description: 'Unix milliseconds.', example: 1_795_000_000_000 });
/** Milliseconds from the call's beginning. */
const OffsetMs = z.number().nonnegative().meta({ description: 'From the beginning of the call.' });

/** Who has a call in hand. */
export const ControllerView = z
  .object({
    operator: z.string().meta({ description: 'The e-mail address or name of the operator’s token, else its subject.' }),
    isYou: z.boolean().meta({ description: 'Whether it is the sign-in that asks.' }),
    sinceMs: UnixMs,
    untilMs: UnixMs.meta({ description: 'Unix milliseconds; each command renews it.' }),
  })
  .meta({ id: 'CallController' });

/** What became of a command: it is on its way to the call, which applies it within a second or two. */
export const CommandAcceptedView = z
  .object({
    commandId: z.uuid(),
    seq: z.int().positive().meta({ description: 'Commands of a call are applied in this order.' }),
    controller: ControllerView,
  })
  .meta({ id: 'CommandAccepted' });

/** What an operator did, as the call's record has it. */
export const OperatorActionView = z.object({
  atMs: OffsetMs,
  action: z.enum(CONTROL_ACTIONS),
  operator: z.string(),
  commandId: z.uuid(),
  text: z.string().nullable().meta({ description: 'Words of a whisper, or that were to be said; else the reason.' }),
});

/** What an agent is told for now. */
export const AgentContextView = z
  .object({
    agentId: z.uuid(),
    version: z.int().nonnegative().meta({ description: '0: nothing was ever said. Grows with each edit.' }),
    data: z.record(z.string(), z.unknown()),
    notes: z.string().nullable(),
    specialInstructions: z.string().nullable(),
    updatedAtMs: UnixMs.nullable(),
  })
  .meta({ id: 'AgentLiveContext' });

import type { AgentAnswer } from '../messages/message.ts';
import { NO_CHANNEL_COUNTERS, type Tally, tallyOf } from './tally.ts';

/** What one written answer adds to the statistics. Pure. */
export const answerTally = (
  channel: string,
  { toolCalls, handoff }: Pick<AgentAnswer, 'toolCalls' | 'handoff'>,
): Tally =>
  tallyOf(
    {
      answers: 1,
      handOffs: handoff === null ? 0 : 1,
      toolCalls: toolCalls.length,
      toolErrors: toolCalls.filter(({ status }) => status === 'error').length,
    },
    { [channel]: { ...NO_CHANNEL_COUNTERS, answers: 1 } },
  );

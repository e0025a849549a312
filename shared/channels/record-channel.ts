import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { PROBLEMS } from '../kernel/problems.ts';
import type { TaskContext } from '../provisioning/provisioning-task.ts';
import { messageOf } from '../provisioning/record-progress.ts';
import { type CaughtError, RecordChannelInput } from '../provisioning/task-contract.ts';
import type { ChannelStore } from './channel-store.ts';
import { failChannel } from './deploy-channel.ts';

export const RecordChannelEnv = z.object({ CHANNELS_TABLE: text });

export interface RecordChannelDeps {
  readonly channels: Pick<ChannelStore, 'transition' | 'update'>;
  readonly clock: Clock;
}

/** Marks one channel as failed with the error the state machine gave up on; the agent comes up on the others. */
export const recordChannel =
  (deps: RecordChannelDeps) =>
  async (event: unknown, _context?: TaskContext): Promise<Record<string, never>> => {
    const input = RecordChannelInput.parse(event);
    await failChannel(deps, input, reasonOf(input.error));
    return {};
  };

const reasonOf = ({ Error: name, Cause }: CaughtError) => {
  const code = name === 'TookTooLong' || name === 'States.Timeout' ? 'provisioning-timed-out' : 'channel-failed';
  const message = messageOf(Cause);
  const told = `${name}${message === '' ? '' : `: ${message}`}`;
  return {
    code,
    message: `${PROBLEMS[code].title} (${told}). Retry the channel; if it fails again, tell the operator.`,
  };
};

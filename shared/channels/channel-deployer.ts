import type { Agent } from '../agents/agent.ts';
import type { Channel, ChannelResources } from './channel.ts';

/** What a deployer is given: the rows as they are now. */
export interface ChannelJob {
  readonly agent: Agent;
  readonly channel: Channel;
  /** Keeps what exists by now; awaited before the next thing is made, so that nothing is made that no row knows of. */
  readonly keep: (resources: Partial<ChannelResources>) => Promise<void>;
}

/** Brings a kind of channel into being and takes it away again. Both are repeated until they say that they are done. */
export interface ChannelDeployer {
  /**
   * Goes on from whatever exists. `pending` is asked again after a pause; `detail` is one sentence for the owner: what is
   * being waited for, or what of an active channel is left to them. Throws `ChannelFailedError` where repeating
   * cannot help; any other error is tried again.
   */
  readonly deploy: (job: ChannelJob) => Promise<{ readonly status: 'pending' | 'active'; readonly detail?: string }>;
  /** Releases all that `resources` names. What is not there any more counts as released. */
  readonly retire: (job: ChannelJob) => Promise<{ readonly status: 'pending' | 'done' }>;
}

/** The channel cannot be had like this. `code` is of the problem registry. */
export class ChannelFailedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChannelFailedError';
    this.code = code;
  }
}

import type { Checkpoint } from '../keeper/call-keeper.ts';
import type { Switching } from './session-state.ts';

/** As the owner before left it. */
export const restoredSwitching = (agent?: Checkpoint['agent']): Switching => ({
  agentId: agent?.agentId,
  isNew: agent?.isNew === true,
  cast: 0,
  lastWish: 0,
  seenSettings: 0,
  wish: undefined,
});

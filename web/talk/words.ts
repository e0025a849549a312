import type { EndReason } from '../../shared/voice/protocol/messages.ts';
import type { SessionState } from '../voice/session-machine.ts';

const ENDED: Readonly<Record<EndReason, string>> = {
  'client-ended': 'Call ended',
  'agent-ended': 'The agent ended the call',
  'handed-off': 'Passed on to a person',
  'operator-ended': 'A colleague ended the call',
  'client-gone': 'The connection was lost for too long',
  'budget-exhausted': 'The budget of the call is used up',
  'time-limit': 'The call reached its time limit',
  idle: 'Nobody said anything for a while',
  'agent-retired': 'The agent was taken out of service',
  failed: 'The call failed on our side',
};

/** Where a call is, in a few words. */
export function statusOf({ phase, queuePosition, endReason }: SessionState): string {
  switch (phase) {
    case 'idle':
      return 'Not connected';
    case 'connecting':
      return 'Connecting…';
    case 'queued':
      return `All lines are busy. You are number ${queuePosition ?? 1} in line; stay on.`;
    case 'live':
      return 'On the line';
    case 'reconnecting':
      return 'Connection lost. Trying again…';
    case 'ending':
      return 'Hanging up…';
    case 'ended':
      return endReason === undefined ? 'Call ended' : ENDED[endReason];
    case 'failed':
      return 'No call';
  }
}

/** `75` → `1:15` */
export const asTime = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

export const asDollars = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`;

export const asSeconds = (ms: number | undefined): string => (ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`);

/** `searchKnowledge` → `search knowledge` */
export const asWords = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** What a level meter shows: -60 dB of full scale is nothing, 0 dB everything. */
export const asLevel = (db: number): number => Math.min(1, Math.max(0, (db + 60) / 60));

import type { StageConfig } from '../config.ts';

/** Functions that others name before they are made: each of them calls, or is called by, one that is made from it. */
export const voiceSessionName = ({ prefix }: Pick<StageConfig, 'prefix'>): string => `${prefix}-voice-session`;
export const keepCallName = ({ prefix }: Pick<StageConfig, 'prefix'>): string => `${prefix}-keep-call`;

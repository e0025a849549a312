import type { StageConfig } from '../config.ts';

/** Roles of agents name the function before it is made. */
export const speakToProviderName = ({ prefix }: Pick<StageConfig, 'prefix'>): string => `${prefix}-speak-to-provider`;

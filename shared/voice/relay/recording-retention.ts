import type { VoiceSettings } from '../voice-settings.ts';

/** S3 deletes recordings by their tag: it cannot delete by an age that each agent chooses freely. */
export const RECORDING_RETENTION_TAG = 'retentionDays';

/** The ages there is a lifecycle rule for, in days, ascending. */
export const RECORDING_RETENTION_DAYS = [1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1095, 1825, 3650] as const;

/** What a recording is tagged with. */
export const recordingTags = (
  { userId, agentId }: { readonly userId: string; readonly agentId: string },
  { recording }: Pick<VoiceSettings, 'recording'>,
): Readonly<Record<string, string>> => ({
  userId,
  agentId,
  resourceType: 'recording',
  [RECORDING_RETENTION_TAG]: String(retentionClass(recording.retentionDays)),
});

/** The longest of these ages that is no longer than asked for: a recording is never kept beyond what was agreed. */
export const retentionClass = (days: number): number =>
  RECORDING_RETENTION_DAYS.findLast((known) => known <= days) ?? RECORDING_RETENTION_DAYS[0];

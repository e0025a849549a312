import { recordingKey } from '../../calls/recordings.ts';
import { recordingTags } from '../relay/recording-retention.ts';
import type { VoiceSession } from '../stores/voice-session.ts';
import type { RecordingAddress } from './keep-call-requests.ts';

/** Addresses to which a file may be sent. */
export interface RecordingUploads {
  readonly sign: (upload: {
    readonly key: string;
    readonly bytes: number;
    readonly tags: Readonly<Record<string, string>>;
  }) => Promise<RecordingAddress>;
}

/** An agent records where its owner wants it and this caller agreed, as the call's own rows say. */
export const isRecorded = ({ settings, checkpoint }: VoiceSession): boolean =>
  settings.recording.enabled && checkpoint?.client.recordingConsent === true;

/**
 * Where an owner outside may put what it has recorded: its call's own key, this length, with the tags its deletion goes
 * by. The owner reaches no bucket, and none of this is its to choose.
 */
export const recordingAddress = async (
  uploads: RecordingUploads,
  session: VoiceSession,
  bytes: number,
): Promise<RecordingAddress | null> => {
  if (!isRecorded(session)) return null;
  const key = recordingKey(session, session.claimedEpoch);
  return uploads.sign({ key, bytes, tags: recordingTags(session, session.settings) });
};

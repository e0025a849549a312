import type { VoiceSession } from '../voice/stores/voice-session.ts';

/** What the owner of a phone call asks of the provider. A call that is over is no error. */
export interface Telephone {
  /** Ends the phone call itself. */
  readonly hangUp: (call: Pick<VoiceSession, 'callId' | 'userId'>) => Promise<void>;
  /** Has the provider ask at once how the call goes on. */
  readonly putThrough: (
    call: Pick<VoiceSession, 'callId' | 'userId'> & { readonly nextUrl: string | undefined },
  ) => Promise<void>;
}

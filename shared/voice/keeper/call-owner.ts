import type { CallId } from '../../calls/call.ts';

/** Event of the function `voice-session`: calls one owner of one call into being. */
export interface OwnerSummons {
  readonly callId: CallId;
  readonly epoch: number;
  readonly ownerToken: string;
}

/** Starts owners. Asynchronous: it answers when the summons is accepted, long before the owner claims. */
export interface OwnerSummoner {
  readonly summon: (summons: OwnerSummons) => Promise<void>;
}

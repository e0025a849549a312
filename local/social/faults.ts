import type { SocialPlatform } from './network.ts';

/** What goes wrong with a platform's API. */
export type SocialFaultKind =
  /** The access token has expired. */
  | 'token-expired'
  /** The platform's limit is reached. */
  | 'rate-limited'
  /** The platform fails; nothing happened. */
  | 'server-error'
  /** The connection dies; nothing happened. */
  | 'no-answer'
  /** It happened, and the connection dies without an answer. */
  | 'lost-answer'
  /** Answered late by `delayMs` of the cloud's clock. */
  | 'slow';

export interface SocialFault {
  readonly kind: SocialFaultKind;
  /** Absent means every one. */
  readonly platform?: SocialPlatform;
  readonly accountId?: string;
  /** How many requests in a row are hit; 1 unless given. */
  readonly times?: number;
  readonly delayMs?: number;
  /** For `rate-limited`: until when, in seconds from now; 60 unless given. */
  readonly retryAfterSeconds?: number;
}

export interface SocialFaults {
  /** Replaces the faults; without any, everything goes well again. */
  readonly load: (faults: readonly SocialFault[]) => void;
  /** What hits a message that is sent now. */
  readonly next: (account: {
    readonly platform: SocialPlatform;
    readonly accountId: string;
  }) => SocialFault | undefined;
}

export function makeSocialFaults(): SocialFaults {
  let loaded: { readonly fault: SocialFault; left: number }[] = [];
  return {
    load: (faults) => {
      loaded = faults.map((fault) => ({ fault, left: fault.times ?? 1 }));
    },
    next: ({ platform, accountId }) => {
      const hit = loaded.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.platform === undefined || fault.platform === platform) &&
          (fault.accountId === undefined || fault.accountId === accountId),
      );
      if (hit) hit.left -= 1;
      return hit?.fault;
    },
  };
}

import { createHash, randomBytes } from 'node:crypto';
import type { CloudContext, KeyValueStore } from '../core/service.ts';

/** What a code stands for until it is exchanged. */
export interface GrantedCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly sub: string;
  readonly scopes: readonly string[];
  readonly nonce?: string;
  /** Of the verifier, by S256. */
  readonly codeChallenge?: string;
  readonly expiresAtMs: number;
}

export interface AuthorizationCodes {
  readonly grant: (code: Omit<GrantedCode, 'expiresAtMs'>) => string;
  /** What the code stands for, the first time and within its five minutes; undefined otherwise. */
  readonly take: (code: string) => GrantedCode | undefined;
}

/** Cognito's codes are good for five minutes (developer guide, authorization endpoint, 2026-11). */
const CODE_MS = 5 * 60 * 1000;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

export function makeCodes(store: KeyValueStore, { clock }: Pick<CloudContext, 'clock'>): AuthorizationCodes {
  return {
    grant: (code) => {
      const text = randomBytes(24).toString('base64url');
      store.put(hashOf(text), { ...code, expiresAtMs: clock.now() + CODE_MS } satisfies GrantedCode);
      return text;
    },
    take: (text) => {
      const key = hashOf(text);
      const code = store.get<GrantedCode>(key);
      // Whatever comes of it, nobody may try it again.
      store.delete(key);
      return code !== undefined && code.expiresAtMs > clock.now() ? code : undefined;
    },
  };
}

/** Whether the verifier is the one whose S256 challenge began the sign-in (RFC 7636 §4.6). */
export const isVerified = (challenge: string | undefined, verifier: string | undefined): boolean =>
  challenge === undefined
    ? verifier === undefined
    : verifier !== undefined && /^[\w.~-]{43,128}$/.test(verifier) && hashOf(verifier) === challenge;

import type { DashboardConfig } from './config.ts';

/** A session as `oidc-client-ts` keeps it in `sessionStorage`, as far as it is read here. */
export interface KeptSession {
  readonly accessToken: string;
  readonly hasRefreshToken: boolean;
  /** The tenant: `sub` of the id token. */
  readonly userId: string;
  readonly email: string | undefined;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** A token that is about to end is not begun with. */
const MARGIN_SECONDS = 30;

/** Where the library keeps it: its prefix, the issuer, the client. */
export const sessionKey = ({ issuer, clientId }: Pick<DashboardConfig, 'issuer' | 'clientId'>): string =>
  `oidc.user:${issuer}:${clientId}`;

/** Reads what is kept, so that the library itself need not be loaded for it; undefined for anything else. */
export function readSession(text: string | null): KeptSession | undefined {
  if (text === null) return undefined;
  try {
    const kept = JSON.parse(text) as {
      readonly access_token?: unknown;
      readonly refresh_token?: unknown;
      readonly expires_at?: unknown;
      readonly profile?: { readonly sub?: unknown; readonly email?: unknown };
    } | null;
    const { access_token: accessToken, expires_at: expiresAt, profile } = kept ?? {};
    if (typeof accessToken !== 'string' || typeof expiresAt !== 'number') return undefined;
    if (typeof profile?.sub !== 'string') return undefined;
    const email = typeof profile.email === 'string' ? profile.email : undefined;
    const hasRefreshToken = typeof kept?.refresh_token === 'string';
    return { accessToken, hasRefreshToken, userId: profile.sub, email, expiresAt };
  } catch {
    return undefined;
  }
}

/** Whether the API would take the token now, as far as its time tells. */
export const isFresh = ({ expiresAt }: KeptSession, nowSeconds: number): boolean =>
  expiresAt - MARGIN_SECONDS > nowSeconds;

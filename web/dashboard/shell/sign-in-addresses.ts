import type { DashboardConfig } from './config.ts';

/** Where Cognito sends back to after sign-in. */
export const SIGNED_IN_PATH = '/signed-in';
/** Where one signs in for another tab, whose session has ended. */
export const SIGN_IN_AGAIN_PATH = '/sign-in-again';
/** Where it sends to after sign-out. */
export const SIGNED_OUT_PATH = '/signed-out';

/** Only a path of this dashboard is gone back to. */
export const safeReturn = (path: unknown): string =>
  typeof path === 'string' && /^\/(?![/\\])/.test(path) && !path.startsWith(SIGNED_IN_PATH) ? path : '/agents';

/** `/logout` is Cognito's own, not OpenID Connect's. */
export function logoutAddress({ signIn, clientId }: DashboardConfig, origin: string): string {
  const query = new URLSearchParams({ client_id: clientId, logout_uri: origin + SIGNED_OUT_PATH });
  return `${signIn}/logout?${query}`;
}

import type { UserManager } from 'oidc-client-ts';
import type { DashboardConfig } from './config.ts';
import { endedSession } from './ended-session.ts';
import { isFresh, type KeptSession, readSession, sessionKey } from './kept-session.ts';
import { later } from './later.ts';
import { handOver } from './session-relay.ts';
import { logoutAddress, SIGNED_IN_PATH, safeReturn } from './sign-in-addresses.ts';

/** Who is signed in, as the id token says. */
export interface Profile {
  /** The tenant: every row of theirs carries it. */
  readonly userId: string;
  readonly email: string | undefined;
}

/** The session with Cognito of this tab. */
export interface Auth {
  /**
   * Who is signed in, renewing a session that has expired; undefined when nobody is. This and `token` throw when
   * Cognito cannot be reached for a renewal.
   */
  readonly profile: () => Promise<Profile | undefined>;
  /** The same as far as it is known without asking Cognito. */
  readonly known: () => Profile | undefined;
  /**
   * A token for the API that is good for now; another one than `refused`. When the session has ended, it says so
   * (`onEnded`) and waits until somebody has signed in again.
   */
  readonly token: (refused?: string) => Promise<string>;
  /** Whether the session has ended while the page was in use. */
  readonly hasEnded: () => boolean;
  /** Calls `listener` when it ends and when it goes on, until the returned function is called. */
  readonly onEnded: (listener: () => void) => () => void;
  /** The API takes no token any more, new ones neither. */
  readonly refused: () => void;
  /** In another tab: gives the session that was just begun here to the tab that waits for it; whether one did. */
  readonly giveAway: () => Promise<boolean>;
  /** Leaves for the sign-in page; afterwards the same page is shown again. */
  readonly signIn: () => Promise<void>;
  /** At `/signed-in`: exchanges the code; gives the path to go back to. Throws when the code is not accepted. */
  readonly finishSignIn: () => Promise<string>;
  /** Ends the session here and at Cognito. */
  readonly signOut: () => Promise<void>;
}

interface SignInState {
  readonly returnTo?: string;
}

/** The library is loaded when somebody signs in, out, or a session is renewed: what is kept can be read without it. */
async function userManager({ issuer, signIn, clientId }: DashboardConfig): Promise<UserManager> {
  const oidc = await import('oidc-client-ts');
  return new oidc.UserManager({
    authority: issuer,
    // Known beforehand: the discovery document would be one more journey before sign-in.
    metadata: {
      issuer,
      authorization_endpoint: `${signIn}/oauth2/authorize`,
      token_endpoint: `${signIn}/oauth2/token`,
      userinfo_endpoint: `${signIn}/oauth2/userInfo`,
      revocation_endpoint: `${signIn}/oauth2/revoke`,
    },
    client_id: clientId,
    redirect_uri: location.origin + SIGNED_IN_PATH,
    response_type: 'code',
    scope: 'openid email profile',
    // Whoever asks for a token has it renewed.
    automaticSilentRenew: false,
    loadUserInfo: false,
    monitorSession: false,
    revokeTokenTypes: ['refresh_token'],
    userStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
    stateStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
  });
}

const profileOf = (session: KeptSession | undefined): Profile | undefined =>
  session && { userId: session.userId, email: session.email };

/** Cognito's refusal ends the session; throws where Cognito was not reached at all. */
function whenRefused(cause: unknown): void {
  if (cause instanceof Error && cause.name === 'ErrorResponse') return;
  const advice = 'Your session could not be renewed. Look at your connection to the network and try again.';
  throw new Error(advice, { cause });
}

/** Signs in by code and PKCE at Cognito's hosted pages. */
export function makeAuth(config: DashboardConfig): Auth {
  const manager = later(() => userManager(config));
  const kept = (): KeptSession | undefined => readSession(sessionStorage.getItem(sessionKey(config)));
  const isGood = (session: KeptSession, refused?: string): boolean =>
    isFresh(session, Date.now() / 1000) && session.accessToken !== refused;
  const ended = endedSession(config);
  let renewing: Promise<void> | undefined;
  let leaving: Promise<void> | undefined;

  /** One renewal at a time: every request that finds the token expired waits for the same. */
  const renew = (): Promise<void> => {
    renewing ??= manager
      .load()
      .then((one) => one.signinSilent())
      .then(() => undefined, whenRefused)
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  const current = async (refused?: string): Promise<KeptSession | undefined> => {
    const session = kept();
    if (session === undefined || isGood(session, refused)) return session;
    // Without a refresh token the library would try a frame, which Cognito does not allow.
    if (!session.hasRefreshToken) return undefined;
    await renew();
    const renewed = kept();
    return renewed && isGood(renewed, refused) ? renewed : undefined;
  };
  const token = async (refused?: string): Promise<string> => {
    const session = await current(refused);
    if (session) return session.accessToken;
    await ended.wait();
    return token();
  };
  return {
    token,
    hasEnded: ended.hasEnded,
    onEnded: ended.onChange,
    refused: () => void ended.wait(),
    giveAway: async () => {
      const given = await handOver(sessionStorage.getItem(sessionKey(config)) ?? '');
      if (given) sessionStorage.removeItem(sessionKey(config));
      return given;
    },
    signIn: () => {
      const state: SignInState = { returnTo: location.pathname + location.search };
      leaving ??= manager.load().then((one) => one.signinRedirect({ state }));
      return leaving;
    },
    profile: async () => profileOf(await current()),
    known: () => {
      const session = kept();
      return session && isGood(session) ? profileOf(session) : undefined;
    },
    finishSignIn: async () => {
      const { state } = await (await manager.load()).signinRedirectCallback();
      return safeReturn((state as SignInState | undefined)?.returnTo);
    },
    signOut: async () => {
      const one = await manager.load();
      // Signing out works without the network's consent: the session here ends in any case.
      await one.revokeTokens().catch(() => undefined);
      await one.removeUser();
      location.assign(logoutAddress(config, location.origin));
    },
  };
}

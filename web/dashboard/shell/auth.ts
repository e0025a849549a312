import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { DashboardConfig } from './config.ts';
import { logoutAddress, SIGNED_IN_PATH, safeReturn } from './sign-in-addresses.ts';

/** Who is signed in, as the id token says. */
export interface Profile {
  /** The tenant: every row of theirs carries it. */
  readonly userId: string;
  readonly email: string | undefined;
}

/** The session with Cognito of this tab. */
export interface Auth {
  /** Who is signed in, renewing a session that has expired; undefined when nobody is. */
  readonly profile: () => Promise<Profile | undefined>;
  /**
   * A token for the API that is good for now; another one than `refused`. When none can be had, sends to sign-in and
   * never settles.
   */
  readonly token: (refused?: string) => Promise<string>;
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

function userManager({ issuer, signIn, clientId }: DashboardConfig): UserManager {
  return new UserManager({
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
    // A minute before the access token ends, by the refresh token.
    automaticSilentRenew: true,
    loadUserInfo: false,
    monitorSession: false,
    revokeTokenTypes: ['refresh_token'],
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  });
}

const profileOf = ({ profile: { sub, email } }: User): Profile => ({ userId: sub, email });

/** Signs in by code and PKCE at Cognito's hosted pages. */
export function makeAuth(config: DashboardConfig): Auth {
  const manager = userManager(config);
  let renewing: Promise<User | null> | undefined;
  let leaving: Promise<void> | undefined;

  /** One renewal at a time: every request that finds the token expired waits for the same. */
  const renew = (): Promise<User | null> => {
    renewing ??= manager
      .signinSilent()
      .catch(() => null)
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  const current = async (refused?: string): Promise<User | undefined> => {
    const user = await manager.getUser();
    if (!user) return undefined;
    if (user.expired !== true && user.access_token !== refused) return user;
    // Without a refresh token the library would try a frame, which Cognito does not allow.
    return user.refresh_token === undefined ? undefined : ((await renew()) ?? undefined);
  };
  const signIn = (): Promise<void> => {
    const returnTo = location.pathname + location.search;
    leaving ??= manager.signinRedirect({ state: { returnTo } satisfies SignInState });
    return leaving;
  };
  return {
    signIn,
    profile: async () => {
      const user = await current();
      return user && profileOf(user);
    },
    token: async (refused) => {
      const user = await current(refused);
      if (user) return user.access_token;
      await signIn();
      // The document is being left.
      return new Promise(() => undefined);
    },
    finishSignIn: async () => {
      const { state } = await manager.signinRedirectCallback();
      return safeReturn((state as SignInState | undefined)?.returnTo);
    },
    signOut: async () => {
      // Signing out works without the network's consent: the session here ends in any case.
      await manager.revokeTokens().catch(() => undefined);
      await manager.removeUser();
      location.assign(logoutAddress(config, location.origin));
    },
  };
}

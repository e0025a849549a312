import * as z from 'zod';
import { OratioProblem } from '../../client/index.ts';
import type { TokenSource } from './profiles.ts';

/** What signing in gives. */
export interface Tokens {
  readonly token: string;
  /** Absent when the one that was used stays good. */
  readonly refreshToken?: string;
  readonly expiresAtMs: number;
  readonly email?: string;
}

const Authenticated = z.object({
  AuthenticationResult: z.object({
    AccessToken: z.string(),
    IdToken: z.string().optional(),
    RefreshToken: z.string().optional(),
    ExpiresIn: z.number(),
  }),
});
const Refused = z.object({ message: z.string().optional(), __type: z.string().optional() });

interface Password {
  readonly username: string;
  readonly password: string;
}

/** Signs in with a password (`USER_PASSWORD_AUTH`). Throws `OratioProblem`. */
export const signInWithPassword = (
  source: TokenSource,
  { username, password }: Password,
  nowMs: number,
): Promise<Tokens> =>
  initiateAuth(source, { flow: 'USER_PASSWORD_AUTH', parameters: { USERNAME: username, PASSWORD: password } }, nowMs);

/** A new access token for a refresh token of such a sign-in. Throws `OratioProblem`. */
export const refreshByApi = (source: TokenSource, refreshToken: string, nowMs: number): Promise<Tokens> =>
  initiateAuth(source, { flow: 'REFRESH_TOKEN_AUTH', parameters: { REFRESH_TOKEN: refreshToken } }, nowMs);

interface Auth {
  readonly flow: 'USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH';
  readonly parameters: Readonly<Record<string, string>>;
}

/** `InitiateAuth` is one of Cognito's operations that need no signature. */
async function initiateAuth(
  { url, clientId }: TokenSource,
  { flow, parameters }: Auth,
  nowMs: number,
): Promise<Tokens> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({ ClientId: clientId, AuthFlow: flow, AuthParameters: parameters }),
  }).catch((error: unknown) => {
    throw new OratioProblem({ code: 'unreachable', status: 0, title: `Nothing answers at ${url}` }, { cause: error });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const result = Authenticated.safeParse(answer).data?.AuthenticationResult;
  if (!response.ok || !result) throw notSignedIn(Refused.safeParse(answer).data?.message);
  const email = emailOf(result.IdToken);
  return {
    token: result.AccessToken,
    ...(result.RefreshToken === undefined ? {} : { refreshToken: result.RefreshToken }),
    expiresAtMs: nowMs + result.ExpiresIn * 1_000,
    ...(email === undefined ? {} : { email }),
  };
}

/** Of a challenge (a new password, a second factor), too: those are answered in a browser. */
const notSignedIn = (
  message = 'It asks for more than a password: sign in with `oratio login` in a browser.',
): OratioProblem =>
  new OratioProblem({ code: 'sign-in-refused', status: 401, title: 'You could not be signed in', detail: message });

/** For showing only: nobody trusts it. */
export function emailOf(idToken: string | undefined): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString()) as { email?: unknown };
    return typeof claims.email === 'string' ? claims.email : undefined;
  } catch {
    return undefined;
  }
}

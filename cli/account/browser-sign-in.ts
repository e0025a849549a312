import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import * as z from 'zod';
import { OratioProblem } from '../../client/index.ts';
import { emailOf, type Tokens } from './cognito.ts';
import type { TokenSource } from './profiles.ts';

/** Where the browser comes back to; the user pool knows exactly this address. */
const CALLBACK_PORT = 47_150;
const CALLBACK_URL = `http://localhost:${CALLBACK_PORT}/signed-in`;

export interface BrowserSignIn {
  readonly pages: TokenSource;
  /** Opens the page, or shows its address. */
  readonly visit: (url: string) => Promise<void>;
  /** The address where a browser elsewhere ended, which cannot come back to this machine; asked for until `signal` is aborted. */
  readonly pasted?: (signal: AbortSignal) => Promise<string>;
  /** The browser is on another machine: nobody waits for it here. */
  readonly isElsewhere?: boolean;
  readonly signal: AbortSignal;
  /** Base64url of at least 32 bytes of chance each. */
  readonly verifier: string;
  readonly state: string;
  readonly nowMs: () => number;
}

/** Signs in by authorization code and PKCE (RFC 7636) with a loopback redirect (RFC 8252). Throws `OratioProblem`. */
export async function signInByBrowser(deps: BrowserSignIn): Promise<Tokens> {
  const { pages, verifier, state } = deps;
  const { url: signInUrl, clientId } = pages;
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK_URL,
    scope: 'openid email profile',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const code = await withCallback(deps, () => deps.visit(`${signInUrl}/oauth2/authorize?${query.toString()}`));
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK_URL, code_verifier: verifier };
  return exchange(pages, form, deps.nowMs());
}

/** A new access token for a refresh token of such a sign-in. Throws `OratioProblem`. */
export const refreshByPages = (pages: TokenSource, refreshToken: string, nowMs: number): Promise<Tokens> =>
  exchange(pages, { grant_type: 'refresh_token', refresh_token: refreshToken }, nowMs);

/** The code that the browser brings back, or that is in the address which somebody pastes; nobody else's, since only we know `state`. */
async function withCallback(deps: BrowserSignIn, visit: () => Promise<void>): Promise<string> {
  const { signal, state } = deps;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const done = new AbortController();
  const server = createServer((request, response) => {
    const answer = returned(request.url, state);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
    // The page is on its way before the connection is cut.
    response.end(pageFor(answer), () => {
      if ('code' in answer) resolve(answer.code);
      else reject(refused(answer.error));
    });
  });
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (deps.isElsewhere !== true) await listening(server);
    await visit();
    void pastedCode(deps, done.signal).then((code) => code !== undefined && resolve(code), reject);
    return await promise;
  } finally {
    done.abort();
    signal.removeEventListener('abort', stop);
    server.close();
    server.closeAllConnections();
  }
}

type Returned = { readonly code: string } | { readonly error: string };

/** What an address tells that a browser ended at; undefined for one that is not of this sign-in. */
function returned(address: string | undefined, state: string): Returned | undefined {
  if (address === undefined || !URL.canParse(address, CALLBACK_URL)) return undefined;
  const { pathname, searchParams } = new URL(address, CALLBACK_URL);
  if (pathname !== '/signed-in' || searchParams.get('state') !== state) return undefined;
  const code = searchParams.get('code');
  return code === null ? { error: searchParams.get('error_description') ?? searchParams.get('error') ?? '' } : { code };
}

const pageFor = (answer: Returned): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Oratio</title>
<style>:root{color-scheme:light dark;font-family:system-ui,sans-serif}body{display:grid;place-items:center;min-height:90vh}</style>
<h1>${'code' in answer ? 'You are signed in.' : 'You were not signed in.'} Go back to the terminal.</h1></html>`;

/** Undefined where nobody can paste, or the browser was quicker. */
async function pastedCode({ pasted, state }: BrowserSignIn, signal: AbortSignal): Promise<string | undefined> {
  if (pasted === undefined) return undefined;
  try {
    const answer = returned((await pasted(signal)).trim(), state);
    if (answer === undefined) throw refused('That address is not of this sign-in.');
    if ('error' in answer) throw refused(answer.error);
    return answer.code;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', () =>
      reject(
        new OratioProblem({
          code: 'port-in-use',
          status: 409,
          title: `Port ${CALLBACK_PORT} is in use: is another sign-in waiting?`,
        }),
      ),
    );
    server.listen(CALLBACK_PORT, 'localhost', resolve);
  });
}

const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  expires_in: z.number(),
});
const TokenRefusal = z.object({ error: z.string(), error_description: z.string().optional() });

async function exchange(
  { url, clientId }: TokenSource,
  form: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Tokens> {
  const body = new URLSearchParams({ ...form, client_id: clientId });
  const response = await fetch(`${url}/oauth2/token`, { method: 'POST', body }).catch((error: unknown) => {
    throw new OratioProblem({ code: 'unreachable', status: 0, title: `Nothing answers at ${url}` }, { cause: error });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const tokens = TokenAnswer.safeParse(answer).data;
  if (!response.ok || !tokens) {
    const refusal = TokenRefusal.safeParse(answer).data;
    throw refused(refusal?.error_description ?? refusal?.error ?? `Status ${response.status}.`);
  }
  const email = emailOf(tokens.id_token);
  return {
    token: tokens.access_token,
    ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
    expiresAtMs: nowMs + tokens.expires_in * 1_000,
    ...(email === undefined ? {} : { email }),
  };
}

const refused = (detail: string): OratioProblem =>
  new OratioProblem({ code: 'sign-in-refused', status: 401, title: 'You could not be signed in', detail });

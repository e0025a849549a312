import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { OratioProblem } from '../../client/index.ts';
import { UsageError } from '../exit-codes.ts';
import type { TokenSource } from './profiles.ts';

/** Where a stage is and how its users sign in, as far as that is known. */
export interface Stage {
  readonly apiUrl: string;
  /** In a browser: base of `/oauth2/authorize` and `/oauth2/token`. */
  readonly pages?: TokenSource;
  /** With a password: where Cognito's API answers, and the client that may ask it. */
  readonly api?: TokenSource;
}

/** What `cdk deploy --outputs-file` writes: a map of outputs for each stack. */
const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** The stage that an `outputs.json` tells of. Throws `UsageError`. */
export async function stageOfOutputs(path: string, cwd: string): Promise<Stage> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });
  const outputs = Outputs.safeParse(parsed(text)).data;
  const all = Object.assign({}, ...Object.values(outputs ?? {})) as Record<string, string | undefined>;
  if (all.ApiUrl === undefined)
    throw new UsageError(`${path} has no output ApiUrl: it is not of \`cdk deploy\` of this.`);
  const api = sourceOf(all.CognitoUrl ?? cognitoOfPool(all.UserPoolId), all.UserPoolClientId);
  const pages = sourceOf(all.SignInUrl, all.DashboardClientId);
  return { apiUrl: bare(all.ApiUrl), ...(pages === undefined ? {} : { pages }), ...(api === undefined ? {} : { api }) };
}

const sourceOf = (url: string | undefined, clientId: string | undefined): TokenSource | undefined =>
  url === undefined || clientId === undefined ? undefined : { url: bare(url), clientId };

/** What a dashboard says at `/config.json` about its stage. */
const StageConfig = z.object({
  api: z.string(),
  signIn: z.string().optional(),
  clientId: z.string().optional(),
  cognito: z.string().optional(),
  programClientId: z.string().optional(),
});
/** What our API says at `/version`. */
const Version = z.object({ service: z.literal('oratio') });

/**
 * The stage at an address: of its dashboard, which says how to sign in, or of its API alone. Throws `UsageError` when
 * something else is there, `OratioProblem` when nothing is.
 */
export async function stageAt(url: string, signal: AbortSignal): Promise<Stage> {
  const origin = addressOf(url);
  const [settings, version] = await Promise.all([
    documentAt(`${origin}/config.json`, signal),
    documentAt(`${origin}/version`, signal),
  ]);
  const config = StageConfig.safeParse(settings).data;
  if (!config && !Version.safeParse(version).success)
    throw new UsageError(`There is no Oratio at ${origin}: give the address of its dashboard or API.`);
  if (!config) return { apiUrl: origin };
  const pages = sourceOf(config.signIn, config.clientId);
  const api = sourceOf(config.cognito, config.programClientId);
  const apiUrl = withoutPrefix(new URL(config.api, origin).href);
  return { apiUrl, ...(pages === undefined ? {} : { pages }), ...(api === undefined ? {} : { api }) };
}

/** Undefined when there is no JSON at the address. Throws `OratioProblem` when nothing answers. */
async function documentAt(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal });
    return parsed(answer.ok ? await answer.text() : '');
  } catch (error) {
    signal.throwIfAborted();
    const { origin } = new URL(url);
    throw new OratioProblem(
      { code: 'unreachable', status: 0, title: `Nothing answers at ${origin}` },
      { cause: error },
    );
  }
}

/** The address of an API as it was typed, with its scheme and without the path of the API. Throws `UsageError`. */
export function addressOf(url: string): string {
  const address = withoutPrefix(withScheme(url.trim()));
  if (!URL.canParse(address)) throw new UsageError(`${url} is no address: https://…`);
  return address;
}

/** `127.0.0.1:4100` is an address as people type it. */
const withScheme = (url: string): string => {
  if (/^\w+:\/\//.test(url)) return url;
  return `${/^(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/.test(url) ? 'http' : 'https'}://${url}`;
};

const bare = (url: string): string => url.replace(/\/+$/, '');

const withoutPrefix = (url: string): string => bare(url).replace(/\/api(\/v1)?$/, '');

/** A pool's id begins with its region: `eu-central-1_Ab12`. */
const cognitoOfPool = (userPoolId: string | undefined): string | undefined => {
  const region = userPoolId?.split('_')[0];
  return region === undefined || region === '' ? undefined : `https://cognito-idp.${region}.amazonaws.com`;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

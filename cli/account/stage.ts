import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
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
const StageConfig = z.object({ api: z.string(), signIn: z.string().optional(), clientId: z.string().optional() });

/** The stage at an address: of its dashboard, which says how to sign in, or of its API alone. Throws `UsageError`. */
export async function stageAt(url: string, signal: AbortSignal): Promise<Stage> {
  const origin = withoutPrefix(url);
  if (!URL.canParse(origin)) throw new UsageError(`${url} is no address: https://…`);
  const answer = await fetch(`${origin}/config.json`, { signal }).catch(() => undefined);
  const config = StageConfig.safeParse(parsed(answer?.ok ? await answer.text() : '')).data;
  if (!config) return { apiUrl: origin };
  const pages = sourceOf(config.signIn, config.clientId);
  return { apiUrl: withoutPrefix(new URL(config.api, origin).href), ...(pages === undefined ? {} : { pages }) };
}

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

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** Where tokens come from: Cognito's pages for browsers, or its API for passwords; each has a client of its own. */
const TokenSource = z.object({ url: z.url(), clientId: z.string() });
export type TokenSource = z.output<typeof TokenSource>;

const Profile = z.object({
  apiUrl: z.url(),
  /** An access token, or an API key. */
  token: z.string().optional(),
  refreshToken: z.string().optional(),
  /** What renews the token. */
  renewal: TokenSource.extend({ by: z.enum(['pages', 'api']) }).optional(),
  /** Unix milliseconds; absent of an API key. */
  expiresAtMs: z.number().optional(),
  email: z.string().optional(),
});
/** A stage and who is signed in there. */
export type Profile = z.output<typeof Profile>;

const ProfilesFile = z.object({
  current: z.string().default('default'),
  profiles: z.record(z.string(), Profile).default({}),
});
export type ProfilesFile = z.output<typeof ProfilesFile>;

/** `$XDG_CONFIG_HOME/oratio/profiles.json`, below `~/.config` unless stated. */
export const profilesPath = ({ env }: Pick<Io, 'env'>): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config'), 'oratio', 'profiles.json');

/** Empty when there is none yet. Throws `UsageError` for a file that is not ours. */
export async function readProfiles(io: Pick<Io, 'env'>): Promise<ProfilesFile> {
  const path = profilesPath(io);
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return ProfilesFile.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${path} cannot be read. Remove it and sign in again.`);
  }
}

/** Readable by its owner only, since it holds tokens; replaced as a whole, so that a crash leaves the former one. */
export async function writeProfiles(io: Pick<Io, 'env'>, file: ProfilesFile): Promise<void> {
  const path = profilesPath(io);
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}

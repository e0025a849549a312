import { createOratioClient, type OratioClient, OratioProblem } from '../../client/index.ts';
import { UsageError } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { refreshByPages } from './browser-sign-in.ts';
import { refreshByApi, type Tokens } from './cognito.ts';
import { type Profile, readProfiles, writeProfiles } from './profiles.ts';
import { addressOf, stageOfOutputs } from './stage.ts';

/** What every command may be told about where and as whom. */
export interface AccountOptions {
  readonly api?: string;
  readonly token?: string;
  readonly outputs?: string;
  readonly profile?: string;
}

/** A client for a command, and the token it would send now. */
export interface Account {
  readonly client: OratioClient;
  readonly token: () => Promise<string>;
  /** Of the token, where it is a profile’s. */
  readonly profile?: string;
  readonly email?: string;
}

/** A token that ends within a minute may end on the way. */
const ENDS_SOON_MS = 60_000;

/**
 * From the command line, then the environment (`ORATIO_API_URL`, `ORATIO_TOKEN`, `ORATIO_PROFILE`), then the profile that
 * was signed in. Throws `UsageError` when none of them says where.
 */
export async function accountFor(io: Pick<Io, 'env' | 'cwd' | 'nowMs'>, options: AccountOptions): Promise<Account> {
  const file = await readProfiles(io);
  const name = options.profile ?? io.env.ORATIO_PROFILE ?? file.current;
  const profile = file.profiles[name];
  const outputs = options.outputs ?? io.env.ORATIO_OUTPUTS;
  const stage = outputs === undefined ? undefined : await stageOfOutputs(outputs, io.cwd);
  const given = options.api ?? stage?.apiUrl ?? io.env.ORATIO_API_URL ?? profile?.apiUrl;
  if (given === undefined) {
    throw new UsageError(
      'Which API? Sign in with `oratio login --api URL`, or give --api, --outputs or ORATIO_API_URL.',
    );
  }
  const apiUrl = addressOf(given);
  const fixed = options.token ?? io.env.ORATIO_TOKEN;
  // A profile's token goes to the profile's own API only.
  const ofProfile = profile !== undefined && sameOrigin(apiUrl, profile.apiUrl) ? profile : undefined;
  const token = fixed === undefined ? tokenOf(io, name, ofProfile) : () => Promise.resolve(fixed);
  const whose =
    fixed === undefined && ofProfile !== undefined
      ? { profile: name, ...(ofProfile.email === undefined ? {} : { email: ofProfile.email }) }
      : {};
  return { client: createOratioClient({ baseUrl: apiUrl, token }), token, ...whose };
}

const sameOrigin = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;

/**
 * The profile's token, renewed when it ends or was refused, once for all who ask meanwhile; what was renewed is kept for
 * the next command.
 */
function tokenOf(io: Pick<Io, 'env' | 'nowMs'>, name: string, profile: Profile | undefined) {
  let current = profile;
  let renewing: Promise<void> | undefined;
  const isGood = ({ token, expiresAtMs }: Profile, refused: string | undefined): boolean =>
    token !== refused && (expiresAtMs === undefined || expiresAtMs - ENDS_SOON_MS >= io.nowMs());
  const renew = async (refused: string | undefined): Promise<void> => {
    // Another command may have renewed it since this one was started.
    const kept = (await readProfiles(io)).profiles[name];
    if (kept?.apiUrl === current?.apiUrl) current = kept;
    if (current === undefined || isGood(current, refused)) return;
    const tokens = await refreshed(current, io.nowMs());
    // It was refused, or has ended, and cannot be renewed: let the API say so.
    if (tokens === undefined) return;
    current = { ...current, ...tokens };
    const file = await readProfiles(io);
    await writeProfiles(io, { ...file, profiles: { ...file.profiles, [name]: current } });
  };
  return async (refused?: string): Promise<string> => {
    if (current?.token === undefined) throw signedOut();
    if (!isGood(current, refused)) {
      renewing ??= renew(refused).finally(() => {
        renewing = undefined;
      });
      await renewing;
    }
    if (current.token === undefined) throw signedOut();
    return current.token;
  };
}

async function refreshed({ renewal, refreshToken }: Profile, nowMs: number): Promise<Tokens | undefined> {
  if (refreshToken === undefined || renewal === undefined) return undefined;
  const renew = renewal.by === 'pages' ? refreshByPages : refreshByApi;
  try {
    return await renew(renewal, refreshToken, nowMs);
  } catch (error) {
    if (error instanceof OratioProblem && error.status === 401) return undefined;
    throw error;
  }
}

const signedOut = (): OratioProblem =>
  new OratioProblem({ code: 'unauthenticated', status: 401, title: 'You are not signed in here' });

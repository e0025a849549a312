import { randomUUID } from 'node:crypto';
import { AwsError, type CloudContext } from '../core/service.ts';
import { checkPassword, hashPassword, passwordMatches } from './passwords.ts';
import type { CognitoState, UserPool, UserPoolClient, UserRecord } from './user-pool.ts';

export interface Attribute {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
}

export interface Users {
  /** Throws `ResourceNotFoundException`. */
  readonly pool: (userPoolId: string | undefined) => UserPool;
  readonly client: (clientId: string | undefined) => UserPoolClient;
  /** By user name, `sub` or, in pools that sign in by it, e-mail. */
  readonly find: (pool: UserPool, name: string | undefined) => UserRecord | undefined;
  /** Throws `UserNotFoundException`. */
  readonly require: (pool: UserPool, name: string | undefined) => UserRecord;
  readonly list: (pool: UserPool) => readonly UserRecord[];
  /** Throws `UsernameExistsException`, `InvalidPasswordException`, `InvalidParameterException`. */
  readonly create: (
    pool: UserPool,
    draft: {
      name: string;
      attributes: readonly Attribute[];
      password?: string | undefined;
      status: UserRecord['status'];
    },
  ) => Promise<UserRecord>;
  readonly update: (pool: UserPool, user: UserRecord, changes: Partial<UserRecord>) => UserRecord;
  readonly setPassword: (
    pool: UserPool,
    user: UserRecord,
    password: string,
    status: UserRecord['status'],
  ) => Promise<UserRecord>;
  readonly remove: (pool: UserPool, user: UserRecord) => void;
  /** Throws `NotAuthorizedException` for a wrong name or password alike. */
  readonly authenticate: (
    pool: UserPool,
    name: string | undefined,
    password: string | undefined,
  ) => Promise<UserRecord>;
}

const missing = (what: string, id: string | undefined): AwsError =>
  new AwsError('ResourceNotFoundException', `${what} ${id} does not exist.`);

const attributesOf = (given: readonly Attribute[]): Record<string, string> =>
  Object.fromEntries(given.map(({ Name, Value }) => [Name ?? '', Value ?? '']));

export function makeUsers({ clock }: Pick<CloudContext, 'clock'>, state: CognitoState): Users {
  const keyOf = (pool: UserPool, user: UserRecord): string => `${pool.id}/${user.sub}`;
  const list = (pool: UserPool) => state.users.list<UserRecord>(`${pool.id}/`).map(({ value }) => value);
  const find: Users['find'] = (pool, name) => {
    if (name === undefined) return undefined;
    const bySub = state.users.get<UserRecord>(`${pool.id}/${name}`);
    const wanted = name.toLowerCase();
    const isNamed = ({ username, attributes }: UserRecord) =>
      username.toLowerCase() === wanted || (pool.usesEmail && attributes.email?.toLowerCase() === wanted);
    return bySub ?? list(pool).find(isNamed);
  };
  const save = (pool: UserPool, user: UserRecord): UserRecord => {
    state.users.put(keyOf(pool, user), user);
    return user;
  };
  const update: Users['update'] = (pool, user, changes) =>
    save(pool, { ...user, ...changes, updatedAtMs: clock.now() });
  return {
    find,
    list,
    update,
    pool: (userPoolId) => {
      const pool = state.pools.get(userPoolId ?? '');
      if (pool) return pool;
      throw missing('User pool', userPoolId);
    },
    client: (clientId) => {
      const client = state.clients.get(clientId ?? '');
      if (client) return client;
      throw missing('User pool client', clientId);
    },
    require: (pool, name) => {
      const user = find(pool, name);
      if (user) return user;
      throw new AwsError('UserNotFoundException', 'User does not exist.');
    },
    create: async (pool, { name, attributes, password, status }) => {
      if (name === '') throw new AwsError('InvalidParameterException', 'A user needs a name.');
      if (find(pool, name)) throw new AwsError('UsernameExistsException', 'User account already exists');
      if (pool.usesEmail && !name.includes('@')) {
        throw new AwsError('InvalidParameterException', 'Username should be an email.');
      }
      if (password !== undefined) checkPassword(pool.passwordPolicy, password);
      const sub = randomUUID();
      const nowMs = clock.now();
      return save(pool, {
        sub,
        username: pool.usesEmail ? sub : name,
        attributes: { ...(pool.usesEmail ? { email: name } : {}), ...attributesOf(attributes), sub },
        status,
        enabled: true,
        ...(password === undefined ? {} : { passwordHash: await hashPassword(password) }),
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      });
    },
    setPassword: async (pool, user, password, status) => {
      checkPassword(pool.passwordPolicy, password);
      return update(pool, user, { passwordHash: await hashPassword(password), status });
    },
    remove: (pool, user) => state.users.delete(keyOf(pool, user)),
    authenticate: async (pool, name, password) => {
      const user = find(pool, name);
      const matches = user?.passwordHash !== undefined && (await passwordMatches(password ?? '', user.passwordHash));
      if (!user?.enabled || !matches) throw new AwsError('NotAuthorizedException', 'Incorrect username or password.');
      if (user.status === 'UNCONFIRMED') throw new AwsError('UserNotConfirmedException', 'User is not confirmed.');
      return user;
    },
  };
}

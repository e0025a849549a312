import { createHmac, randomBytes } from 'node:crypto';
import type * as client from '@aws-sdk/client-cognito-identity-provider';
import type { Handlers, OutputOf } from '../core/schema-service.ts';
import { AwsError, type CloudContext } from '../core/service.ts';
import type { TokenMaker } from './tokens.ts';
import type { UserPool, UserPoolClient, UserRecord } from './user-pool.ts';
import type { Users } from './users.ts';

export interface OperationDependencies {
  readonly context: Pick<CloudContext, 'clock'>;
  readonly users: Users;
  readonly tokens: TokenMaker;
}

type CognitoHandlers = Handlers<typeof client>;
type AuthAnswer = OutputOf<typeof client, 'InitiateAuth'>;

/** Signs the sessions of challenges; they live minutes, so a key of this process is enough. */
const challengeKey = randomBytes(32);
const CHALLENGE_MS = 3 * 60 * 1000;

const sealChallenge = (sub: string, untilMs: number): string => {
  const body = `${sub}.${untilMs}`;
  return `${body}.${createHmac('sha256', challengeKey).update(body).digest('base64url')}`;
};

function openChallenge(session: string | undefined, nowMs: number): string {
  const [sub = '', untilMs = ''] = (session ?? '').split('.');
  const isGenuine = session === sealChallenge(sub, Number(untilMs));
  if (isGenuine && Number(untilMs) > nowMs) return sub;
  throw new AwsError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
}

const attributeList = (user: UserRecord) => Object.entries(user.attributes).map(([Name, Value]) => ({ Name, Value }));

const describe = (user: UserRecord) => ({
  Username: user.username,
  Enabled: user.enabled,
  UserStatus: user.status,
  UserCreateDate: new Date(user.createdAtMs),
  UserLastModifiedDate: new Date(user.updatedAtMs),
});

const FLOWS: Readonly<Record<string, string>> = {
  USER_PASSWORD_AUTH: 'ALLOW_USER_PASSWORD_AUTH',
  ADMIN_USER_PASSWORD_AUTH: 'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  ADMIN_NO_SRP_AUTH: 'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  REFRESH_TOKEN_AUTH: 'ALLOW_REFRESH_TOKEN_AUTH',
  REFRESH_TOKEN: 'ALLOW_REFRESH_TOKEN_AUTH',
};

interface AuthRequest {
  readonly AuthFlow?: string | undefined;
  readonly AuthParameters?: Readonly<Record<string, string>> | undefined;
}

/** Signs in by password or refresh token; the flow must be one the client allows. */
function makeAuthenticate({ context, users, tokens }: OperationDependencies) {
  const signIn = async (userPoolClient: UserPoolClient, user: UserRecord): Promise<AuthAnswer> => {
    if (user.status !== 'FORCE_CHANGE_PASSWORD') {
      return { ChallengeParameters: {}, AuthenticationResult: await tokens.signIn(userPoolClient, user) };
    }
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: sealChallenge(user.sub, context.clock.now() + CHALLENGE_MS),
      ChallengeParameters: { USER_ID_FOR_SRP: user.username, userAttributes: '{}', requiredAttributes: '[]' },
    };
  };
  const authenticate = async (userPoolClient: UserPoolClient, request: AuthRequest): Promise<AuthAnswer> => {
    const { AuthFlow = '', AuthParameters: given = {} } = request;
    const permission = FLOWS[AuthFlow];
    if (!permission)
      throw new AwsError('NotImplemented', `The embedded cognito-idp does not serve the flow ${AuthFlow}.`, 501);
    const isRefresh = permission === 'ALLOW_REFRESH_TOKEN_AUTH';
    if (!isRefresh && !userPoolClient.authFlows.includes(permission)) {
      throw new AwsError('InvalidParameterException', `${AuthFlow} flow not enabled for this client`);
    }
    const pool = users.pool(userPoolClient.userPoolId);
    if (isRefresh) {
      const token = given.REFRESH_TOKEN ?? '';
      const result = await tokens.refresh(userPoolClient, token, (sub) => users.find(pool, sub));
      return { ChallengeParameters: {}, AuthenticationResult: result };
    }
    return signIn(userPoolClient, await users.authenticate(pool, given.USERNAME, given.PASSWORD));
  };
  const answerChallenge = async (
    userPoolClient: UserPoolClient,
    name: string | undefined,
    session: string | undefined,
    responses: Readonly<Record<string, string>> = {},
  ): Promise<AuthAnswer> => {
    if (name !== 'NEW_PASSWORD_REQUIRED') {
      throw new AwsError('NotImplemented', `The embedded cognito-idp does not serve the challenge ${name}.`, 501);
    }
    const pool = users.pool(userPoolClient.userPoolId);
    const user = users.require(pool, openChallenge(session, context.clock.now()));
    return signIn(userPoolClient, await users.setPassword(pool, user, responses.NEW_PASSWORD ?? '', 'CONFIRMED'));
  };
  return { authenticate, answerChallenge };
}

function signInOperations(dependencies: OperationDependencies): CognitoHandlers {
  const { users } = dependencies;
  const { authenticate, answerChallenge } = makeAuthenticate(dependencies);
  return {
    InitiateAuth: (input) => authenticate(users.client(input.ClientId), input),
    AdminInitiateAuth: (input) => authenticate(users.client(input.ClientId), input),
    RespondToAuthChallenge: ({ ClientId, ChallengeName, Session, ChallengeResponses }) =>
      answerChallenge(users.client(ClientId), ChallengeName, Session, ChallengeResponses),
    AdminRespondToAuthChallenge: ({ ClientId, ChallengeName, Session, ChallengeResponses }) =>
      answerChallenge(users.client(ClientId), ChallengeName, Session, ChallengeResponses),
  };
}

function selfServiceOperations({ context, users, tokens }: OperationDependencies): CognitoHandlers {
  const ownerOf = async (accessToken: string | undefined): Promise<{ pool: UserPool; user: UserRecord }> => {
    const { iss, sub } = await tokens.readAccess(accessToken ?? '');
    const pool = users.pool(iss.slice(iss.lastIndexOf('/') + 1));
    return { pool, user: users.require(pool, sub) };
  };
  return {
    SignUp: async ({ ClientId, Username = '', Password, UserAttributes = [] }) => {
      const pool = users.pool(users.client(ClientId).userPoolId);
      if (!pool.allowsSignUp) {
        throw new AwsError('NotAuthorizedException', 'SignUp is not permitted for this user pool');
      }
      const draft = { name: Username, attributes: UserAttributes, password: Password, status: 'UNCONFIRMED' as const };
      const { sub } = await users.create(pool, draft);
      return { UserConfirmed: false, UserSub: sub };
    },
    GetUser: async ({ AccessToken }) => {
      const { user } = await ownerOf(AccessToken);
      return { Username: user.username, UserAttributes: attributeList(user) };
    },
    GlobalSignOut: async ({ AccessToken }) => {
      const { pool, user } = await ownerOf(AccessToken);
      users.update(pool, user, { signedOutAtMs: context.clock.now() });
      return {};
    },
    RevokeToken: ({ Token }) => {
      tokens.revoke(Token ?? '');
      return {};
    },
  };
}

function administratorOperations({ context, users }: OperationDependencies): CognitoHandlers {
  return {
    AdminCreateUser: async ({ UserPoolId, Username = '', TemporaryPassword, UserAttributes = [] }) => {
      const pool = users.pool(UserPoolId);
      const status = 'FORCE_CHANGE_PASSWORD';
      const draft = { name: Username, attributes: UserAttributes, password: TemporaryPassword, status } as const;
      const user = await users.create(pool, draft);
      return { User: { ...describe(user), Attributes: attributeList(user) } };
    },
    AdminSetUserPassword: async ({ UserPoolId, Username, Password = '', Permanent }) => {
      const pool = users.pool(UserPoolId);
      const status = Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
      await users.setPassword(pool, users.require(pool, Username), Password, status);
      return {};
    },
    AdminConfirmSignUp: ({ UserPoolId, Username }) => {
      const pool = users.pool(UserPoolId);
      users.update(pool, users.require(pool, Username), { status: 'CONFIRMED' });
      return {};
    },
    AdminGetUser: ({ UserPoolId, Username }) => {
      const user = users.require(users.pool(UserPoolId), Username);
      return { ...describe(user), UserAttributes: attributeList(user) };
    },
    AdminDisableUser: ({ UserPoolId, Username }) => {
      const pool = users.pool(UserPoolId);
      users.update(pool, users.require(pool, Username), { enabled: false });
      return {};
    },
    AdminEnableUser: ({ UserPoolId, Username }) => {
      const pool = users.pool(UserPoolId);
      users.update(pool, users.require(pool, Username), { enabled: true });
      return {};
    },
    AdminUserGlobalSignOut: ({ UserPoolId, Username }) => {
      const pool = users.pool(UserPoolId);
      users.update(pool, users.require(pool, Username), { signedOutAtMs: context.clock.now() });
      return {};
    },
    AdminDeleteUser: ({ UserPoolId, Username }) => {
      const pool = users.pool(UserPoolId);
      users.remove(pool, users.require(pool, Username));
      return {};
    },
    ListUsers: ({ UserPoolId }) => ({
      Users: users.list(users.pool(UserPoolId)).map((user) => ({ ...describe(user), Attributes: attributeList(user) })),
    }),
    DescribeUserPool: ({ UserPoolId }) => {
      const { id, name, arn } = users.pool(UserPoolId);
      return { UserPool: { Id: id, Name: name, Arn: arn } };
    },
  };
}

/** The served operations of the user pools API, by name. */
export const cognitoOperations = (dependencies: OperationDependencies): CognitoHandlers => ({
  ...signInOperations(dependencies),
  ...selfServiceOperations(dependencies),
  ...administratorOperations(dependencies),
});

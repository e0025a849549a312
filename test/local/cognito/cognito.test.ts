import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type AuthFlowType,
  CognitoIdentityProviderClient,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { makeCognito } from '../../../local/cognito/index.ts';
import { testClock } from '../../../local/core/clock.ts';
import { startEmbedded } from '../support/embedded.ts';

const PASSWORD = 'Correct-horse-battery-1';
const USER = 'alice@tenant.example';
let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function pool(dataDir?: string) {
  const clock = testClock(Date.now());
  const cloud = await startEmbedded((context) => ({ cognito: makeCognito(context) }), {
    clock,
    ...(dataDir ? { dataDir } : {}),
  });
  stop = () => cloud.stop();
  const policy = { MinimumLength: 12, RequireNumbers: true };
  const { ref: UserPoolId, attributes } = await cloud.declare('AWS::Cognito::UserPool', 'Users', {
    UserPoolName: 'users',
    UsernameAttributes: ['email'],
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    Policies: { PasswordPolicy: policy },
  });
  const { ref: ClientId } = await cloud.declare('AWS::Cognito::UserPoolClient', 'Client', {
    UserPoolId,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    AccessTokenValidity: 60,
    TokenValidityUnits: { AccessToken: 'minutes' },
  });
  const client = new CognitoIdentityProviderClient({ ...cloud.aws, maxAttempts: 1 });
  const signIn = (password = PASSWORD, AuthFlow: AuthFlowType = 'USER_PASSWORD_AUTH') =>
    client.send(
      new InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters: { USERNAME: USER, PASSWORD: password } }),
    );
  const refresh = (token = '') =>
    client.send(
      new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: token } }),
    );
  const createUser = async () => {
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username: USER, MessageAction: 'SUPPRESS' }));
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username: USER, Password: PASSWORD, Permanent: true }),
    );
  };
  return { cloud, clock, client, UserPoolId, ClientId, signIn, refresh, createUser, attributes };
}

const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.name,
  );

test('a user made by an administrator signs in and gets tokens that the published keys verify', async () => {
  const { cloud, client, UserPoolId, ClientId, signIn, createUser, clock } = await pool();
  await createUser();
  const { AuthenticationResult: tokens } = await signIn();
  const jwks = createRemoteJWKSet(new URL(`${cloud.aws.endpoint}/${UserPoolId}/.well-known/jwks.json`));
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`;
  const access = await jwtVerify(tokens?.AccessToken ?? '', jwks, { issuer });
  const id = await jwtVerify(tokens?.IdToken ?? '', jwks, { issuer, audience: ClientId });
  const { Users = [] } = await client.send(new ListUsersCommand({ UserPoolId }));
  const sub = Users[0]?.Username;
  expect({ access: access.payload, id: id.payload, type: tokens?.TokenType, expires: tokens?.ExpiresIn }).toEqual({
    access: expect.objectContaining({
      sub,
      username: sub,
      client_id: ClientId,
      token_use: 'access',
      iat: Math.floor(clock.now() / 1000),
      exp: Math.floor(clock.now() / 1000) + 3600,
    }),
    id: expect.objectContaining({ sub, email: USER, token_use: 'id', 'cognito:username': sub }),
    type: 'Bearer',
    expires: 3600,
  });
});

test('wrong passwords, weak passwords, closed flows, self sign-up and second users are refused in Cognito’s words', async () => {
  const { client, UserPoolId, ClientId, signIn, createUser } = await pool();
  await createUser();
  const weak = new AdminSetUserPasswordCommand({ UserPoolId, Username: USER, Password: 'short1', Permanent: true });
  expect([
    await nameOf(signIn('Wrong-password-1')),
    await nameOf(client.send(new InitiateAuthCommand({ ClientId: 'x', AuthFlow: 'USER_PASSWORD_AUTH' }))),
    await nameOf(signIn(PASSWORD, 'USER_SRP_AUTH')),
    await nameOf(signIn(PASSWORD, 'ADMIN_USER_PASSWORD_AUTH')),
    await nameOf(client.send(weak)),
    await nameOf(client.send(new SignUpCommand({ ClientId, Username: 'b@x.example', Password: PASSWORD }))),
    await nameOf(client.send(new AdminCreateUserCommand({ UserPoolId, Username: USER.toUpperCase() }))),
    await nameOf(client.send(new AdminCreateUserCommand({ UserPoolId: 'us-east-1_none', Username: USER }))),
  ]).toEqual([
    'NotAuthorizedException',
    'ResourceNotFoundException',
    'NotImplemented',
    'InvalidParameterException',
    'InvalidPasswordException',
    'NotAuthorizedException',
    'UsernameExistsException',
    'ResourceNotFoundException',
  ]);
});

test('a temporary password must be changed at the first sign-in', async () => {
  const { client, UserPoolId, ClientId, signIn } = await pool();
  await client.send(new AdminCreateUserCommand({ UserPoolId, Username: USER, TemporaryPassword: 'Temporary-word-1' }));
  const challenge = await signIn('Temporary-word-1');
  const answered = await client.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: USER, NEW_PASSWORD: PASSWORD },
    }),
  );
  expect({
    challenge: challenge.ChallengeName,
    tokens: typeof answered.AuthenticationResult?.AccessToken,
    afterwards: (await signIn()).ChallengeName,
  }).toEqual({ challenge: 'NEW_PASSWORD_REQUIRED', tokens: 'string', afterwards: undefined });
});

test('tokens expire on the cloud’s clock, are refreshed, and end with a global sign-out', async () => {
  const { client, clock, signIn, refresh, createUser, cloud, UserPoolId } = await pool();
  await createUser();
  const first = (await signIn()).AuthenticationResult;
  await clock.advance(3_601_000);
  const expired = await nameOf(client.send(new GetUserCommand({ AccessToken: first?.AccessToken })));
  const second = (await refresh(first?.RefreshToken)).AuthenticationResult;
  const user = await client.send(new GetUserCommand({ AccessToken: second?.AccessToken }));
  await clock.advance(1000);
  await client.send(new GlobalSignOutCommand({ AccessToken: second?.AccessToken }));
  const keys = await cloud.services.cognito.jwksOf(`https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`);
  const verified = await jwtVerify(second?.AccessToken ?? '', createLocalJWKSet(keys ?? { keys: [] }));
  expect({
    expired,
    sameUser: decodeJwt(second?.AccessToken ?? '').sub === user.Username && verified.payload.sub === user.Username,
    after: await nameOf(refresh(first?.RefreshToken)),
    unknown: await nameOf(refresh('nonsense')),
  }).toEqual({
    expired: 'NotAuthorizedException',
    sameUser: true,
    after: 'NotAuthorizedException',
    unknown: 'NotAuthorizedException',
  });
});

test('users, keys and sessions outlive a restart', async () => {
  const first = await pool();
  await first.createUser();
  const { AuthenticationResult: before } = await first.signIn();
  const { dataDir } = first.cloud;
  await first.cloud.stop(true);
  const second = await pool(dataDir);
  const { AuthenticationResult: refreshed } = await second.refresh(before?.RefreshToken);
  const who = (token = '') => decodeJwt(token).sub;
  expect([second.UserPoolId, second.ClientId, who(refreshed?.AccessToken)]).toEqual([
    first.UserPoolId,
    first.ClientId,
    who(before?.AccessToken),
  ]);
});

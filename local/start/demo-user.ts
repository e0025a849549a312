import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';

export const DEMO_EMAIL = 'demo@oratio.example';

export interface UserPool {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly userPoolId: string;
  readonly clientId: string;
}

/** Of the demo user: one password per data directory, readable by its owner only. */
export function demoPassword(dataDir: string): string {
  const file = join(dataDir, 'demo-user.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { password: string }).password;
  const password = `Oratio-${randomBytes(12).toString('base64url')}-1a`;
  writeFileSync(file, JSON.stringify({ email: DEMO_EMAIL, password }), { mode: 0o600 });
  return password;
}

async function createUser(client: CognitoIdentityProviderClient, userPoolId: string, password: string): Promise<void> {
  try {
    await client.send(
      new AdminCreateUserCommand({
        UserPoolId: userPoolId,
        Username: DEMO_EMAIL,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: DEMO_EMAIL },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
  await client.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: userPoolId,
      Username: DEMO_EMAIL,
      Password: password,
      Permanent: true,
    }),
  );
}

/** Makes the demo user if absent and signs it in, by the same calls the README gives for a deployed stage. */
export async function signInDemoUser(pool: UserPool, dataDir: string): Promise<string> {
  const client = new CognitoIdentityProviderClient({
    endpoint: pool.endpoint,
    region: pool.region,
    credentials: pool.credentials,
  });
  const password = demoPassword(dataDir);
  await createUser(client, pool.userPoolId, password);
  const answer = await client.send(
    new InitiateAuthCommand({
      ClientId: pool.clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: DEMO_EMAIL, PASSWORD: password },
    }),
  );
  client.destroy();
  const token = answer.AuthenticationResult?.AccessToken;
  if (!token) throw new Error('The embedded user pool issued no access token for the demo user.');
  return token;
}

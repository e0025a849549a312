import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';

/** An access token of the demo user that `npm start` has made. */
export async function signIn(
  { endpointUrl, userPoolClientId }: { readonly endpointUrl: string; readonly userPoolClientId: string },
  dataDir: string,
): Promise<string> {
  const { email, password } = JSON.parse(await readFile(join(dataDir, 'demo-user.json'), 'utf8')) as {
    email: string;
    password: string;
  };
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const client = new CognitoIdentityProviderClient({ endpoint: endpointUrl, region: 'us-east-1', credentials });
  const { AuthenticationResult } = await client.send(
    new InitiateAuthCommand({
      ClientId: userPoolClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
  client.destroy();
  const token = AuthenticationResult?.AccessToken;
  if (token === undefined) throw new Error('The demo user could not be signed in.');
  return token;
}

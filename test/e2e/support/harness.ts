import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Cloud, type CloudOptions, startCloud } from '../../../local/cloud.ts';
import { synthesize } from '../../../local/start/synthesize.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Of every tenant. */
export const PASSWORD = 'Correct-horse-battery-1';

export interface Harness {
  readonly cloud: Cloud;
  readonly dataDir: string;
  /** Client settings for any SDK client, signed as the developer's root key. */
  readonly aws: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** Signs a tenant in (made on first use) and returns the access token. */
  readonly tokenOf: (name: string) => Promise<string>;
  /** Ends the cloud and removes its state. */
  readonly stop: () => Promise<void>;
}

/** The whole product on fresh state: the synthesized app in the embedded cloud. `context` overrides that of `cdk.json`. */
export async function startHarness(options: Partial<CloudOptions> & { context?: object } = {}): Promise<Harness> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'oratio-e2e-'));
  const assembly = await synthesize(ROOT, 'build/assembly', options.context);
  const cloud = await startCloud({
    assemblyDir: assembly.dir,
    port: 0,
    apiPort: 0,
    log: () => {},
    ...options,
    dataDir,
  });
  const aws = { endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: cloud.credentials };
  return {
    cloud,
    dataDir,
    aws,
    tokenOf: (name) => signIn(cloud, aws, name),
    stop: async () => {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** How fast somebody asks, and what a tenant's agents did in all, are counters: no deletion takes them back. */
const COUNTERS = /-(?:rate-limits\/item\/|statistics\/item\/[^#/]+\/)/;

/** What is in the embedded cloud besides counters. */
export const lastingOf = async ({ cloud }: { readonly cloud: Pick<Cloud, 'inventory'> }): Promise<readonly string[]> =>
  (await cloud.inventory()).filter((line) => !COUNTERS.test(line));

async function signIn(cloud: Cloud, aws: Harness['aws'], name: string): Promise<string> {
  const cognito = new CognitoIdentityProviderClient(aws);
  const user = { UserPoolId: required(cloud.outputs.UserPoolId), Username: `${name}@tenant.example` };
  await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' })).catch((error: Error) => {
    if (error.name !== 'UsernameExistsException') throw error;
  });
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId: required(cloud.outputs.UserPoolClientId),
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: user.Username, PASSWORD },
    }),
  );
  cognito.destroy();
  return required(AuthenticationResult?.AccessToken);
}

function required(value: string | undefined): string {
  if (value === undefined) throw new Error('the embedded cloud gave no value where one was expected');
  return value;
}

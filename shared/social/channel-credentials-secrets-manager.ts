import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';
import type { UserId } from '../kernel/ids.ts';
import {
  type ChannelCredentialsStore,
  CREDENTIALS_OF,
  type CredentialPlatform,
  type CredentialsOf,
  credentialsSecret,
  type StoredCredentials,
} from './channel-credentials.ts';

const Stored = z.object({ credentials: z.unknown(), webhookId: z.string().exactOptional() });

/** Credentials in Secrets Manager, encrypted by its key of KMS. Signed by hand: the webhook's function has no room for the SDK's client. */
export const secretsManagerChannelCredentials = (
  { RESOURCE_PREFIX, ENVIRONMENT }: { readonly RESOURCE_PREFIX: string; readonly ENVIRONMENT?: string },
  context: AwsContext = lambdaAwsContext(),
): ChannelCredentialsStore => {
  const call = caller(context);
  const nameOf = (userId: UserId, platform: CredentialPlatform) => credentialsSecret(RESOURCE_PREFIX, userId, platform);
  return {
    find: async (userId, platform) => {
      const found = await call('GetSecretValue', { SecretId: nameOf(userId, platform) }).catch(unlessMissing);
      const { SecretString } = (found ?? {}) as { readonly SecretString?: string };
      return SecretString === undefined ? undefined : read(platform, SecretString);
    },
    write: async (userId, platform, stored) => {
      const [Name, SecretString] = [nameOf(userId, platform), JSON.stringify(stored)];
      const put = { SecretId: Name, SecretString, ClientRequestToken: randomUUID() };
      if ((await call('PutSecretValue', put).catch(unlessMissing)) !== undefined) return;
      const tags = { userId, environment: ENVIRONMENT, platform: 'oratio', resourceType: 'channel-credentials' };
      const Tags = Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
      await call('CreateSecret', { Name, SecretString, Tags, ClientRequestToken: randomUUID() });
    },
    forget: async (userId, platform) => {
      const request = { SecretId: nameOf(userId, platform), ForceDeleteWithoutRecovery: true };
      await call('DeleteSecret', request).catch(unlessMissing);
    },
  };
};

const read = <Platform extends CredentialPlatform>(platform: Platform, text: string): StoredCredentials<Platform> => {
  const { credentials, ...rest } = Stored.parse(JSON.parse(text));
  return { ...rest, credentials: CREDENTIALS_OF[platform].parse(credentials) as CredentialsOf[Platform] };
};

const caller =
  (context: AwsContext) =>
  async (operation: string, body: object): Promise<unknown> => {
    const response = await awsRequest(context, {
      service: 'secretsmanager',
      method: 'POST',
      url: `${context.endpointUrl ?? `https://secretsmanager.${context.region}.amazonaws.com`}/`,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` },
      body: Buffer.from(JSON.stringify(body)),
    });
    return response.json();
  };

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
};

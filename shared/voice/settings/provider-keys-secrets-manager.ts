import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AgentKey } from '../../agents/agent-store.ts';
import { type ProviderKeySet, type ProviderKeys, providerKeysSecret } from './provider-keys.ts';

interface ProviderKeysEnv {
  readonly RESOURCE_PREFIX: string;
  readonly ENVIRONMENT?: string;
  /** ARN of the stage's KMS key; needed where secrets are made. */
  readonly PROVIDER_KEYS_KMS_KEY?: string;
}

/** Provider keys in Secrets Manager, one secret an agent: each costs by the month. */
export const secretsManagerProviderKeys = (
  { RESOURCE_PREFIX, ENVIRONMENT, PROVIDER_KEYS_KMS_KEY }: ProviderKeysEnv,
  client: SecretsManagerClient = new SecretsManagerClient({}),
): ProviderKeys => {
  const secretOf = (agent: AgentKey): string => providerKeysSecret(RESOURCE_PREFIX, agent);
  const forget = async (agent: AgentKey): Promise<void> => {
    // A tenant who takes a key back, or leaves, expects it to be gone: no recovery window.
    const command = new DeleteSecretCommand({ SecretId: secretOf(agent), ForceDeleteWithoutRecovery: true });
    await client.send(command).catch(unlessMissing);
  };
  return {
    read: async (agent) => {
      const found = await client.send(new GetSecretValueCommand({ SecretId: secretOf(agent) })).catch(unlessMissing);
      return JSON.parse(found?.SecretString ?? '{}') as ProviderKeySet;
    },
    write: async (agent, keys) => {
      if (Object.keys(keys).length === 0) return forget(agent);
      const SecretString = JSON.stringify(keys);
      const put = new PutSecretValueCommand({ SecretId: secretOf(agent), SecretString });
      if ((await client.send(put).catch(unlessMissing)) !== undefined) return;
      const Tags = tagsOf({ userId: agent.userId, agentId: agent.agentId, environment: ENVIRONMENT });
      const KmsKeyId = PROVIDER_KEYS_KMS_KEY === undefined ? {} : { KmsKeyId: PROVIDER_KEYS_KMS_KEY };
      await client.send(new CreateSecretCommand({ Name: secretOf(agent), SecretString, Tags, ...KmsKeyId }));
    },
    forget,
  };
};

const tagsOf = (tags: Readonly<Record<string, string | undefined>>) =>
  Object.entries({ ...tags, platform: 'oratio', resourceType: 'provider-keys' }).flatMap(([Key, Value]) =>
    Value === undefined ? [] : [{ Key, Value }],
  );

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
  throw error;
};

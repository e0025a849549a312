import type * as z from 'zod';
import { dynamoApiKeyStore } from '../access/api-keys-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoCustomerStore } from '../customers/customers-dynamodb.ts';
import { dynamoConversationStore } from '../messages/conversations-dynamodb.ts';
import { dynamoStatisticsStore } from '../statistics/statistics-dynamodb.ts';
import { dynamoPhoneNumberStore } from '../telephony/phone-numbers-dynamodb.ts';
import { secretsManagerProviderKeys } from '../voice/settings/provider-keys-secrets-manager.ts';
import type { EraseAgentDeps, EraseAgentEnv } from './erase-agent.ts';
import { s3Objects } from './objects-s3.ts';
import { taskDependencies } from './real-dependencies.ts';

/** What erasing the last of an agent needs. */
export const eraseDependencies = (env: z.output<typeof EraseAgentEnv>): EraseAgentDeps => ({
  ...taskDependencies(env),
  conversations: dynamoConversationStore(env),
  customers: dynamoCustomerStore(env),
  calls: dynamoCallStore(env),
  apiKeys: dynamoApiKeyStore(env),
  phoneNumbers: dynamoPhoneNumberStore(env),
  statistics: dynamoStatisticsStore(env),
  providerKeys: secretsManagerProviderKeys(env),
  code: s3Objects(env.CODE_BUCKET),
  files: s3Objects(env.KNOWLEDGE_BUCKET),
  recordings: s3Objects(env.RECORDINGS_BUCKET),
});

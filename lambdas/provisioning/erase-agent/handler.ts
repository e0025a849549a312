import { parseEnv } from '../../../shared/kernel/env.ts';
import { dynamoConversationStore } from '../../../shared/messages/conversations-dynamodb.ts';
import { EraseAgentEnv, eraseAgent } from '../../../shared/provisioning/erase-agent.ts';
import { s3Objects } from '../../../shared/provisioning/objects-s3.ts';
import { taskDependencies } from '../../../shared/provisioning/real-dependencies.ts';

const env = parseEnv(EraseAgentEnv);
const buckets = { code: s3Objects(env.CODE_BUCKET), files: s3Objects(env.KNOWLEDGE_BUCKET) };
const conversations = dynamoConversationStore(env);
export const handler = eraseAgent({ ...taskDependencies(env), ...buckets, conversations });

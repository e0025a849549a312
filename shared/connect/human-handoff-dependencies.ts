import { customerMemoryOf } from '../customers/customer-dependencies.ts';
import { dynamoCustomerStore } from '../customers/customers-dynamodb.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { connectChats } from './chats-connect.ts';
import { dynamoContactStore } from './contacts-dynamodb.ts';
import { type HumanHandoffDeps, handOver, passOn } from './human-handoff.ts';
import { connectSender } from './say-in-chat.ts';

export interface HumanHandoffSettings {
  readonly CUSTOMERS_TABLE: string;
  readonly CONVERSATIONS_TABLE: string;
  readonly CONVERSATION_TTL_DAYS: number;
  /** Empty in a stage without Amazon Connect. */
  readonly CONNECT_CHAT_TOPIC_ARN: string;
  readonly CONNECT_HANDOFF_FLOW_ARN: string;
  readonly PUBLIC_API_URL: string;
}

/** How customers of text channels come to people, and replies into chats; empty in a stage without Amazon Connect. */
export const humanHandoff = (env: HumanHandoffSettings) => {
  if (env.CONNECT_HANDOFF_FLOW_ARN === '') return {};
  const chats = connectChats(env);
  const contacts = dynamoContactStore(env);
  const deps: HumanHandoffDeps = {
    chats,
    contacts,
    customers: dynamoCustomerStore(env),
    memory: customerMemoryOf(env),
    handoffFlowArn: env.CONNECT_HANDOFF_FLOW_ARN,
    apiUrl: env.PUBLIC_API_URL,
    clock: systemClock,
  };
  const connect = connectSender({ chats, contacts, newToken: randomIds.token });
  return { connect, handOver: handOver(deps), passOn: passOn(deps) };
};

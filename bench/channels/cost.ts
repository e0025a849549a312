/** What one message and its answer use, by channel, and what that costs. */

import { setTimeout as pause } from 'node:timers/promises';
import { type FunctionConfiguration, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { TraceEntry } from '../../local/core/trace.ts';
import { PRICES } from './prices.ts';
import { type Speaker, speakersOf } from './speakers.ts';
import type { Tenant } from './tenant.ts';

/** What one message used. */
export interface Usage {
  readonly channel: string;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  /** Of the webhooks, by API Gateway. */
  readonly requests: number;
  readonly queueRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly secretRequests: number;
  /** Of the agent's runtime, from the question to its answer. */
  readonly agentSeconds: number;
  readonly inputTokens: number;
}

const FIRST = 'Hello, what does a puncture cost?';
const SECOND = 'And what does a new chain cost?';
/** Receipts of the platforms come after the reply. */
const AFTERMATH_MS = 2_000;

/** The second message of a conversation on each channel: everything is warm, the customer is known. */
export async function measureUsages(tenant: Tenant): Promise<Usage[]> {
  const client = new LambdaClient(tenant.harness.aws);
  const functions: FunctionConfiguration[] = [];
  for await (const page of paginateListFunctions({ client }, {})) functions.push(...(page.Functions ?? []));
  client.destroy();
  const usages: Usage[] = [];
  for (const speaker of speakersOf(tenant)) usages.push(await measureUsage(tenant, speaker, functions));
  return usages;
}

async function measureUsage(
  { harness }: Tenant,
  speaker: Speaker,
  functions: readonly FunctionConfiguration[],
): Promise<Usage> {
  await speaker.open();
  await speaker.say(FIRST);
  await pause(AFTERMATH_MS);
  harness.cloud.trace.clear();
  await speaker.say(SECOND);
  await pause(AFTERMATH_MS);
  return usageOf(speaker.channel, harness.cloud.trace.entries(), functions);
}

/** A write goes to one row and the customers' index; a transaction writes two rows and costs double. */
const UNITS_A_WRITE = 2;
const UNITS_A_TRANSACTION = 2 * 2 * UNITS_A_WRITE;
/** English text, by rule of thumb. */
const BYTES_A_TOKEN = 4;
/** Lambda receives and deletes what the queue brings; the embedded one does so within itself. */
const HIDDEN_QUEUE_REQUESTS = 2;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function usageOf(
  channel: string,
  trace: readonly TraceEntry[],
  functions: readonly FunctionConfiguration[],
): Usage {
  const count = (service: string, ...operations: string[]): number =>
    trace.filter((one) => one.service === service && (operations.length === 0 || operations.includes(one.operation)))
      .length;
  const invoked = [...invocationsIn(trace, functions), ...invocationsByTopicIn(trace, functions)];
  const converse = trace.filter(({ operation }) => operation.startsWith('Converse'));
  const asked = trace.filter(({ operation }) => operation === 'InvokeAgentRuntime');
  const queueRequests = count('sqs');
  return {
    channel,
    invocations: invoked.length,
    gigabyteSeconds: sum(invoked.map(({ ms, memoryMb }) => (ms / 1000) * (memoryMb / 1024))),
    requests: invoked.filter(({ name }) => name.endsWith('receive-social-message')).length,
    queueRequests: queueRequests === 0 ? 0 : queueRequests + HIDDEN_QUEUE_REQUESTS,
    writeUnits:
      count('dynamodb', 'PutItem', 'UpdateItem', 'DeleteItem') * UNITS_A_WRITE +
      count('dynamodb', 'TransactWriteItems') * UNITS_A_TRANSACTION,
    readUnits: count('dynamodb', 'GetItem', 'BatchGetItem', 'Query'),
    secretRequests: count('secretsmanager'),
    agentSeconds: sum(asked.map(({ durationMs }) => durationMs)) / 1000,
    inputTokens: sum(converse.map(({ requestBytes = 0 }) => requestBytes)) / BYTES_A_TOKEN,
  };
}

interface Invocation {
  readonly name: string;
  readonly ms: number;
  readonly memoryMb: number;
}

const invocationsIn = (trace: readonly TraceEntry[], functions: readonly FunctionConfiguration[]): Invocation[] =>
  trace
    .filter(({ service, operation }) => service === 'lambda' && operation.startsWith('Invoke '))
    .map(({ operation, durationMs }) => {
      const name = operation.replace('Invoke ', '');
      return { name, ms: durationMs, memoryMb: functions.find((one) => one.FunctionName === name)?.MemorySize ?? 0 };
    });

/** Invocations by a topic leave no trace themselves: from their first call to their last. */
function invocationsByTopicIn(trace: readonly TraceEntry[], functions: readonly FunctionConfiguration[]): Invocation[] {
  return functions.flatMap(({ FunctionName: name = '', Role = '', MemorySize: memoryMb = 0 }) => {
    const calls = trace.filter(({ roleName }) => roleName !== undefined && Role.endsWith(`/${roleName}`));
    if (calls.length === 0 || trace.some(({ operation }) => operation === `Invoke ${name}`)) return [];
    const from = Math.min(...calls.map(({ startedAtMs }) => startedAtMs));
    const to = Math.max(...calls.map(({ startedAtMs, durationMs }) => startedAtMs + durationMs));
    return [{ name, ms: to - from, memoryMb }];
  });
}

/** Of a runtime session of ours; AgentCore bills the CPU that is used, of which a whole one is the most. */
const AGENT_GB = 0.25;
/** AgentCore's default: how long a session waits for the next message, paying for its memory. */
const IDLE_SECONDS = 900;
/** An answer as the bicycle shop's agent gives them. */
const REPLY_TOKENS = 40;

/** US dollars of one message and its answer. */
export interface Cost {
  readonly channel: string;
  readonly ours: number;
  readonly agent: number;
  readonly platform: number;
}

const PLATFORM_USD: Readonly<Record<string, number>> = {
  'WhatsApp, Cloud API': PRICES.whatsapp.usd,
  'WhatsApp by AWS': 2 * PRICES.awsWhatsApp.usd,
  Messenger: PRICES.messenger.usd,
  Instagram: PRICES.messenger.usd,
  X: PRICES.xIn.usd + PRICES.xOut.usd,
  'Amazon Connect chat': 2 * PRICES.chat.usd,
  SMS: 2 * PRICES.chat.usd + PRICES.smsIn.usd + PRICES.smsOut.usd,
};

export function costOf(usage: Usage): Cost {
  const ours =
    usage.invocations * PRICES.invocation.usd +
    usage.gigabyteSeconds * PRICES.gigabyteSecond.usd +
    usage.requests * PRICES.request.usd +
    usage.queueRequests * PRICES.queue.usd +
    usage.writeUnits * PRICES.write.usd +
    usage.readUnits * PRICES.read.usd +
    usage.secretRequests * PRICES.secret.usd;
  const agent =
    (usage.agentSeconds * (PRICES.vcpuHour.usd + AGENT_GB * PRICES.gigabyteHour.usd)) / 3600 +
    usage.inputTokens * PRICES.inputToken.usd +
    REPLY_TOKENS * PRICES.outputToken.usd;
  return { channel: usage.channel, ours, agent, platform: PLATFORM_USD[usage.channel] ?? 0 };
}

/** US dollars for the memory of a session after a conversation's last message. */
export const IDLE_USD = (IDLE_SECONDS * AGENT_GB * PRICES.gigabyteHour.usd) / 3600;

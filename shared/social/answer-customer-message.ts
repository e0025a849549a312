import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Channel } from '../channels/channel.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { CustomerMemory } from '../customers/customer-memory.ts';
import { ProblemError } from '../kernel/problems.ts';
import { wordsOf } from '../messages/answer-customer.ts';
import type { CustomerMessage, CustomerMessages, CustomerReply } from '../messages/customer-message.ts';
import { type DeliverReplyDeps, deliverReply } from './deliver-reply.ts';
import type { QueueDelays } from './message-queue.ts';
import { SendError } from './outbound/send-error.ts';
import { type QueuedMessage, readQueuedMessage } from './queued-message.ts';
import { retryDelaySeconds } from './retry-delay.ts';

type Answered = Extract<CustomerReply, { readonly outcome: 'answered' }>;

export interface AnswerCustomerMessageDeps extends DeliverReplyDeps {
  readonly messages: CustomerMessages;
  readonly memory: Pick<CustomerMemory, 'meet' | 'remember'>;
  readonly channels: Pick<ChannelStore, 'find' | 'update'>;
  readonly queue: QueueDelays;
  /** Brings what a customer writes to the person who speaks with them. */
  readonly passOn?: (queued: QueuedMessage) => Promise<void>;
  /** Brings a person in, where the reply asks for one; repeated when it throws, while the reply is not sent again. */
  readonly handOver?: (queued: QueuedMessage, reply: Answered) => Promise<void>;
}

/** An answer may take 27 s, another message of the customer as long before it, sending some more: later ones wait for the next invocation. */
const RESERVE_MS = 60_000;

/**
 * Answers queued messages: those of one conversation one after the other, as they were written, conversations side by
 * side. What failed is handed out again later; what follows it in its conversation waits with it.
 */
export const answerCustomerMessages =
  (deps: AnswerCustomerMessageDeps) =>
  async ({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const conversations = Map.groupBy(Records, ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId);
    const isLate = () => context.getRemainingTimeInMillis() < RESERVE_MS;
    const failed = (
      await Promise.all([...conversations.values()].map((records) => answerConversation(deps, records, isLate)))
    ).flat();
    // Without it they come after the queue's own time: later, but they come.
    if (failed.length > 0) await deps.queue.delay(failed.map(delayOf)).catch(() => undefined);
    return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };

interface Failed {
  readonly record: SQSRecord;
  readonly seconds: number;
}

const delayOf = ({ record, seconds }: Failed) => ({ receiptHandle: record.receiptHandle, seconds });

const answerConversation = async (
  deps: AnswerCustomerMessageDeps,
  records: readonly SQSRecord[],
  isLate: () => boolean,
): Promise<readonly Failed[]> => {
  const [failed, waiting] = readAll(deps, records);
  for (const [index, { record, queued }] of waiting.entries()) {
    const rest = (seconds: number) => waiting.slice(index).map((one) => ({ record: one.record, seconds }));
    if (isLate()) return [...failed, ...rest(0)];
    try {
      await answerOne(deps, queued);
    } catch (error) {
      const seconds = failureOf(deps, record, queued, error);
      // What the platform will never take must not hold up what comes after it.
      if (!(error instanceof SendError && error.failure === 'refused')) return [...failed, ...rest(seconds)];
      failed.push({ record, seconds });
    }
  }
  return failed;
};

interface Waiting {
  readonly record: SQSRecord;
  readonly queued: QueuedMessage;
}

/** As they were written: platforms promise no order, and what waits together can be put into it. */
const readAll = (deps: AnswerCustomerMessageDeps, records: readonly SQSRecord[]): [Failed[], Waiting[]] => {
  const [failed, waiting]: [Failed[], Waiting[]] = [[], []];
  for (const record of records) {
    try {
      waiting.push({ record, queued: readQueuedMessage(record.body) });
    } catch {
      // A parser's error quotes what it reads.
      const error = new Error('This is no message that we queued.');
      failed.push({ record, seconds: failureOf(deps, record, undefined, error) });
    }
  }
  return [failed, waiting.sort((one, other) => one.queued.message.sentAtMs - other.queued.message.sentAtMs)];
};

const answerOne = async (deps: AnswerCustomerMessageDeps, queued: QueuedMessage): Promise<void> => {
  const { message } = queued;
  const channel = await deps.channels.find({ ...message, channelType: message.channel });
  if (channel === undefined || channel.status === 'retiring') {
    deps.log('social.messages.ignored', { userId: message.userId, agentId: message.agentId, ignored: 1 });
    return;
  }
  if (!answersItself(channel)) return remember(deps, message);
  const reply = await deps.messages.answer(message);
  if (reply.outcome === 'silent' && reply.reason === 'with-a-person') await deps.passOn?.(queued);
  if (reply.outcome === 'silent' || reply.wasSent) return;
  const isHandedOver = reply.outcome === 'answered' && reply.handoff !== null && deps.handOver !== undefined;
  await deliverReply(deps, queued, channel, { text: reply.text, isCounted: isHandedOver });
  if (isHandedOver) await deps.handOver(queued, reply);
  await deps.messages.markSent(message);
};

const answersItself = ({ settings }: Channel): boolean => settings.autoReplyEnabled !== false;

/** Where the owner has switched replies off, what customers write is known to the agent all the same. */
const remember = async ({ memory }: AnswerCustomerMessageDeps, message: CustomerMessage): Promise<void> => {
  const { channel, messageId, sentAtMs: atMs } = message;
  const customer = await memory.meet(message, message.identity, message.displayName);
  const entry = { channel, role: 'user', text: wordsOf(message), atMs, sourceId: `${channel}#${messageId}` } as const;
  await memory.remember(customer, [entry]);
};

/** Seconds until the next attempt. */
const failureOf = (
  { log }: AnswerCustomerMessageDeps,
  { attributes, messageId }: SQSRecord,
  queued: QueuedMessage | undefined,
  error: unknown,
): number => {
  const receives = Number(attributes.ApproximateReceiveCount);
  const { userId, agentId, channel } = queued?.message ?? {};
  const fields = { queueMessageId: messageId, userId, agentId, channel, receives };
  if (error instanceof SendError) {
    log('social.reply.not-sent', { ...fields, failure: error.failure, platformCode: error.platformCode }, error.cause);
  } else if (error instanceof ProblemError) log('social.message.not-answered', { ...fields, problem: error.code });
  else log('social.message.not-answered', fields, error);
  return retryDelaySeconds(error, receives);
};

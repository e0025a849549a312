import { GetQueueAttributesCommand, GetQueueUrlCommand, type QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { SocialCustomer } from '../../../local/social/customer.ts';
import type { MetaApp, SocialAccountHandle } from '../../../local/social/graph/meta-app.ts';
import type { AgentBody, Api } from './api.ts';
import type { Harness } from './harness.ts';

const QUEUE = 'oratio-dev-customer-messages.fifo';
const DEPTH: QueueAttributeName[] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];

/** The queue of customers' messages, as an operator sees it. */
export function queueOf({ aws, cloud }: Pick<Harness, 'aws' | 'cloud'>) {
  const sqs = new SQSClient(aws);
  const called = (name: string): number => cloud.trace.entries().filter(({ operation }) => operation === name).length;
  const depth = async (): Promise<number> => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: DEPTH }));
    return DEPTH.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  };
  return {
    sqs,
    /** Calls by which messages were put into it, so far. */
    sends: () => called('SendMessageBatch'),
    /** Resolves when nobody works on a message, and none waits. */
    empty: () => expect.poll(depth, { timeout: 60_000, interval: 100 }).toBe(0),
    /** Calls by which failed messages were put off, so far. */
    failures: () => called('ChangeMessageVisibilityBatch'),
  };
}

/** A tenant's place on the platforms: what is entrusted to us, and where platforms call. */
export async function entrust(api: Api, platform: 'meta' | 'twitter', credentials: object): Promise<string> {
  const { body, status } = await api.request('PUT', `/api/v1/channel-credentials/${platform}`, credentials);
  if (status !== 200) throw new Error(`No credentials: ${JSON.stringify(body)}`);
  return new URL(String(body.webhookUrl)).pathname;
}

export interface ChannelBody {
  readonly channelType: string;
  readonly status: string;
  readonly statusReason: { readonly code: string } | null;
}

/** Every channel as `type status (why)`, once no run is under way. */
export async function channelsOf(api: Api, agentId: string): Promise<readonly string[]> {
  await api.agentWhen(agentId, ({ status }: AgentBody) => !['creating', 'updating'].includes(status));
  const path = `/api/v1/agents/${agentId}/channels`;
  const { channels } = (await api.request<{ channels: readonly ChannelBody[] }>('GET', path)).body;
  return channels.map(({ channelType, status, statusReason: reason }) =>
    reason === null ? `${channelType} ${status}` : `${channelType} ${status} (${reason.code})`,
  );
}

/** A webhook's body as Meta writes it (slashes escaped), with its signature. */
export function signedMessage(
  app: Pick<MetaApp, 'sign'>,
  { accountId }: Pick<SocialAccountHandle, 'accountId'>,
  message: { readonly from: string; readonly id: string; readonly text: string; readonly atMs: number },
) {
  const { from, id, text, atMs } = message;
  const said = { from, id, timestamp: String(Math.floor(atMs / 1000)), type: 'text', text: { body: text } };
  const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: accountId }, messages: [said] };
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry }).replaceAll('/', String.raw`\/`);
  return { body, signature: app.sign(body) };
}

/** What has reached a customer, in order. */
export const textsOf = (customer: SocialCustomer): readonly string[] => customer.received().map(({ text }) => text);

/** Somebody on each channel who writes and waits for the answer. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  ConnectClient,
  ListContactFlowsCommand,
  ListInstancesCommand,
  StartChatContactCommand,
} from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  GetTranscriptCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { SocialMessagingClient, TagResourceCommand } from '@aws-sdk/client-socialmessaging';
import type { SocialAccountHandle } from '../../local/social/graph/meta-app.ts';
import { LINKED_CHANNEL, putChannels, type SocialName, socialChannel, type Tenant } from './tenant.ts';

export interface Speaker {
  /** As the table names the channel. */
  readonly channel: string;
  /** Gives the agent the channel. */
  readonly open: () => Promise<void>;
  /** Resolves when the answer has come. */
  readonly say: (text: string) => Promise<void>;
}

const LOOK_MS = 100;
const MOST_LOOKS = 300;

export function speakersOf(tenant: Tenant): readonly Speaker[] {
  const { accounts } = tenant;
  const social = (channel: string, name: SocialName, person: string): Speaker => ({
    channel,
    open: async () => void (await putChannels(tenant, [socialChannel(name)])),
    say: writerTo(accounts[name], person),
  });
  return [
    social('WhatsApp, Cloud API', 'whatsapp', '16315557001'),
    { channel: 'WhatsApp by AWS', open: () => openLinked(tenant), say: writerTo(tenant.linked, '16315557002') },
    social('Messenger', 'facebook', '24001234567890'),
    social('Instagram', 'instagram', '901234567890'),
    social('X', 'twitter', '783214'),
    chatter(tenant),
  ];
}

const writerTo = (account: SocialAccountHandle, id: string) => async (text: string) => {
  const person = account.customer(id, 'Kim');
  const before = person.received().length;
  await person.say(text);
  await person.inbox(before + 1);
};

/** The business account is tagged with its tenant, as whoever runs the stage does. */
async function openLinked(tenant: Tenant): Promise<void> {
  const { harness, linked, api } = tenant;
  const client = new SocialMessagingClient(harness.aws);
  const { sub } = JSON.parse(Buffer.from(String(api.token?.split('.')[1]), 'base64url').toString()) as { sub: string };
  const resourceArn = `arn:aws:social-messaging:us-east-1:111122223333:waba/${linked.awsAccountId.replace('waba-', '')}`;
  await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'userId', value: sub }] }));
  client.destroy();
  await putChannels(tenant, [LINKED_CHANNEL]);
}

/** A chat of a web page, which the flow brings to us. */
function chatter(tenant: Tenant): Speaker {
  const connect = new ConnectClient(tenant.harness.aws);
  const participant = new ConnectParticipantClient(tenant.harness.aws);
  let connection: string | undefined;
  const begin = async (): Promise<string> => {
    const { InstanceSummaryList = [] } = await connect.send(new ListInstancesCommand({}));
    const InstanceId = InstanceSummaryList[0]?.Id;
    const { ContactFlowSummaryList = [] } = await connect.send(new ListContactFlowsCommand({ InstanceId }));
    const flow = ContactFlowSummaryList.find(({ Name }) => Name?.endsWith(`${tenant.agentId}-chat`));
    const ParticipantDetails = { DisplayName: 'Kim' };
    const { ParticipantToken } = await connect.send(
      new StartChatContactCommand({ InstanceId, ContactFlowId: flow?.Id, ParticipantDetails }),
    );
    const Type = ['CONNECTION_CREDENTIALS' as const];
    const { ConnectionCredentials } = await participant.send(
      new CreateParticipantConnectionCommand({ ParticipantToken, Type, ConnectParticipant: true }),
    );
    return ConnectionCredentials?.ConnectionToken ?? '';
  };
  const fromBot = async (ConnectionToken: string, type: 'MESSAGE' | 'EVENT'): Promise<number> => {
    const { Transcript = [] } = await participant.send(new GetTranscriptCommand({ ConnectionToken, MaxResults: 100 }));
    return Transcript.filter(({ Type, ParticipantRole }) => Type === type && ParticipantRole === 'CUSTOM_BOT').length;
  };
  /** Until the agent has come in, or has said one thing more. */
  const waitFor = async (token: string, type: 'MESSAGE' | 'EVENT', before: number): Promise<void> => {
    for (let looks = 0; (await fromBot(token, type)) === before; looks += 1) {
      if (looks > MOST_LOOKS) throw new Error('nobody answers in the chat');
      await pause(LOOK_MS);
    }
  };
  return {
    channel: 'Amazon Connect chat',
    open: async () => void (await putChannels(tenant, [{ channelType: 'chat' }])),
    say: async (Content) => {
      const ConnectionToken = connection ?? (await begin());
      if (connection === undefined) await waitFor(ConnectionToken, 'EVENT', 0);
      connection = ConnectionToken;
      const before = await fromBot(ConnectionToken, 'MESSAGE');
      await participant.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content }));
      await waitFor(ConnectionToken, 'MESSAGE', before);
    },
  };
}

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
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dial } from '../../local/dial/dial.ts';
import { signInDemoUser } from '../../local/start/demo-user.ts';
import { dialAccess } from '../../local/start/dial-access.ts';
import { type AgentBody, Api } from './support/api.ts';
import { BIKE_SHOP } from './support/business.ts';
import { type Harness, lastingOf, startHarness } from './support/harness.ts';

const CALLER = '+14155550123';

interface Channels {
  readonly channels: readonly {
    readonly channelType: string;
    readonly status: string;
    readonly statusReason: object | null;
    readonly phoneNumber: string | null;
  }[];
}

let harness: Harness;
let api: Api;
let clientId: string;
beforeAll(async () => {
  harness = await startHarness();
  const { cloud, dataDir, aws } = harness;
  clientId = cloud.outputs.UserPoolClientId ?? '';
  const token = await signInDemoUser({ ...aws, userPoolId: cloud.outputs.UserPoolId ?? '', clientId }, dataDir);
  api = new Api(cloud.apiUrl, token);
});
afterAll(() => harness.stop());

/** The lines of `npm run dial` for an agent. */
const dialled = async (agentId: string, ...args: string[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  const { cloud, dataDir } = harness;
  const end = await dialAccess(cloud, clientId, agentId, dataDir);
  await dial({ cwd: dataDir, print: (line) => void lines.push(line) }, ['--data', '.', ...args]);
  await end();
  return lines;
};

test('a number is claimed by the first call, answered by the agent under the 8 s of a flow, handed to a person, and released', async () => {
  const before = await lastingOf(harness);
  const body = { ...BIKE_SHOP.fields, channels: [{ channelType: 'chat' }] };
  const id = String((await api.request('POST', '/api/v1/agents', body)).body.agentId);
  await api.agentWhen(id, ({ status }: AgentBody) => status === 'active' || status === 'failed');
  const lines = await dialled(id, '--press', '1');
  const { channels } = (await api.request<Channels>('GET', `/api/v1/agents/${id}/channels`)).body;
  const number = channels.find(({ channelType }) => channelType === 'voice')?.phoneNumber ?? '';
  const call = await harness.cloud.connect.dial({ from: CALLER, to: number });
  await call.press('1');
  await call.press('0');
  const { summary, sentiment, transcriptUrl, channel } = call.attributes();
  const state = call.state();
  await call.hangUp();
  await api.request('DELETE', `/api/v1/agents/${id}`);
  await expect.poll(() => lastingOf(harness), { timeout: 60_000 }).toEqual(before);
  expect({
    channels: channels.map(({ channelType, status, statusReason }) => [channelType, status, statusReason]),
    dialled: [...lines.slice(0, 2), ...lines.slice(-1)],
    heard: lines.filter((line) => line.startsWith('Agent: ')).length >= 4,
    state,
    handed: { summary: summary !== '', sentiment, channel, transcript: transcriptUrl?.includes('/api/v1/customers/') },
  }).toEqual({
    channels: [
      ['chat', 'active', null],
      ['voice', 'active', null],
    ],
    dialled: ['giving the agent the channel voice', `${CALLER} calls ${number}`, 'hung up'],
    heard: true,
    state: 'queued',
    handed: { summary: true, sentiment: 'NEUTRAL', channel: 'voice', transcript: true },
  });
});

/** A chat of a web page with the agent, begun with the customer's first words; `said` are the words of both, in order. */
const chatWith = async (agentId: string, firstWords: string) => {
  const connect = new ConnectClient(harness.aws);
  const participant = new ConnectParticipantClient(harness.aws);
  const { InstanceSummaryList: [{ Id: InstanceId } = {}] = [] } = await connect.send(new ListInstancesCommand({}));
  const { ContactFlowSummaryList = [] } = await connect.send(new ListContactFlowsCommand({ InstanceId }));
  const { ParticipantToken } = await connect.send(
    new StartChatContactCommand({
      InstanceId,
      ContactFlowId: ContactFlowSummaryList.find(({ Name }) => Name?.endsWith(`${agentId}-chat`))?.Id,
      ParticipantDetails: { DisplayName: 'Kim' },
      InitialMessage: { ContentType: 'text/plain', Content: firstWords },
    }),
  );
  const Type = ['CONNECTION_CREDENTIALS' as const];
  const entering = new CreateParticipantConnectionCommand({ ParticipantToken, Type, ConnectParticipant: true });
  const { ConnectionCredentials: { ConnectionToken } = {} } = await participant.send(entering);
  return {
    say: (Content: string) =>
      participant.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content })),
    said: async (): Promise<readonly string[]> => {
      const all = new GetTranscriptCommand({ ConnectionToken, MaxResults: 100, SortOrder: 'ASCENDING' });
      const { Transcript = [] } = await participant.send(all);
      return Transcript.filter(({ Type, ParticipantRole }) => Type === 'MESSAGE' && ParticipantRole !== 'SYSTEM').map(
        ({ ParticipantRole }) => String(ParticipantRole),
      );
    },
  };
};

test('what is written before the agent has come into a chat or a text message is answered, each once', async () => {
  const phoneNumberArn = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1';
  const channels = [{ channelType: 'chat' }, { channelType: 'sms', settings: { phoneNumberArn } }];
  const id = String((await api.request('POST', '/api/v1/agents', { ...BIKE_SHOP.fields, channels })).body.agentId);
  await api.agentWhen(id, ({ status }: AgentBody) => status === 'active' || status === 'failed');
  const { body } = await api.request<Channels>('GET', `/api/v1/agents/${id}/channels`);
  const to = body.channels.find(({ channelType }) => channelType === 'sms')?.phoneNumber ?? '';
  const texts = harness.cloud.connect.text({ from: CALLER, to });
  const chat = await chatWith(id, 'Hello');
  await Promise.all([chat.say('When are you open?'), texts.say('Do you repair bicycles?')]);
  const answers = async () => ({
    chat: (await chat.said()).filter((role) => role === 'CUSTOM_BOT').length,
    texts: texts.heard().filter((text) => !/^(?:Welcome to|Our team is not here) /.test(text)).length,
  });
  await expect.poll(answers, { timeout: 60_000 }).toEqual({ chat: 2, texts: 1 });
  // Answers come in the order of the words: a second one to the first words would be before these.
  await Promise.all([chat.say('Thank you'), texts.say('Thank you')]);
  await expect.poll(answers, { timeout: 60_000 }).toEqual({ chat: 3, texts: 2 });
});

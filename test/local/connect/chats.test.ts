import {
  AssociatePhoneNumberContactFlowCommand,
  CreateParticipantCommand,
  DescribeContactCommand,
  DescribePhoneNumberCommand,
  ImportPhoneNumberCommand,
  ListQueuesCommand,
  StartChatContactCommand,
  type StartChatContactCommandInput,
  StartContactStreamingCommand,
  StopContactCommand,
  StopContactStreamingCommand,
} from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  DisconnectParticipantCommand,
  GetTranscriptCommand,
  SendEventCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/ai-cloud.ts';
import { declare } from '../support/service-host.ts';
import { action, bye, type ConnectHost, flowOf, hostConnect, publish, say } from './support.ts';

let host: ConnectHost;
let instance: { id: string; arn: string };
beforeEach(async () => {
  host = await hostConnect();
  instance = await host.instance();
});
afterEach(() => host.discard());

const failing = { NoMatchingError: 'bye' };
const waiting = action(
  'wait',
  'Wait',
  { TimeLimitSeconds: '600', Events: ['BotParticipantDisconnected'] },
  'bye',
  { ...failing, ParticipantNotFound: 'bye' },
  { WaitCompleted: 'late', BotParticipantDisconnected: 'queue' },
);

/** A chat that a function would open for its bot, and that goes to a queue when the bot leaves. */
const chatFlow = async (): Promise<string> => {
  const { QueueSummaryList = [] } = await host.connect.send(new ListQueuesCommand({ InstanceId: instance.id }));
  const Events = ['CustomerReturned'];
  const opening = action('opening', 'Wait', { TimeLimitSeconds: '1', Events }, 'bye', failing, {
    WaitCompleted: 'wait',
    CustomerReturned: 'wait',
  });
  const queue = action('queue', 'UpdateContactTargetQueue', { QueueId: QueueSummaryList[0]?.Arn }, 'go', failing);
  const go = action('go', 'TransferContactToQueue', {}, 'bye', { QueueAtCapacity: 'bye', ...failing });
  return publish(
    host,
    instance.id,
    flowOf(say('hi', 'Hello', 'opening'), opening, waiting, queue, go, say('late', 'Are you there?', 'bye'), bye),
  );
};

const begin = async (ContactFlowId: string, more: Partial<StartChatContactCommandInput> = {}) => {
  const ParticipantDetails = { DisplayName: 'Ada' };
  const started = await host.connect.send(
    new StartChatContactCommand({ InstanceId: instance.id, ContactFlowId, ParticipantDetails, ...more }),
  );
  return { ContactId: started.ContactId ?? '', token: started.ParticipantToken ?? '' };
};

const enter = async (ParticipantToken: string): Promise<string> => {
  const Type = ['CONNECTION_CREDENTIALS' as const];
  const command = new CreateParticipantConnectionCommand({ ParticipantToken, Type, ConnectParticipant: true });
  return (await host.participant.send(command)).ConnectionCredentials?.ConnectionToken ?? '';
};

const write = (ConnectionToken: string, Content: string, ClientToken?: string) =>
  host.participant.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content, ClientToken }));

const bot = async (ContactId: string) => {
  const ParticipantDetails = { ParticipantRole: 'CUSTOM_BOT' as const, DisplayName: 'Robin' };
  const command = new CreateParticipantCommand({ InstanceId: instance.id, ContactId, ParticipantDetails });
  return enter((await host.connect.send(command)).ParticipantCredentials?.ParticipantToken ?? '');
};

const transcript = async (ConnectionToken: string) => {
  const command = new GetTranscriptCommand({ ConnectionToken, SortOrder: 'ASCENDING', MaxResults: 100 });
  const { Transcript = [] } = await host.participant.send(command);
  return Transcript.map(({ ParticipantRole, Content, ContentType }) =>
    Content === undefined ? `${ParticipantRole} ${ContentType?.split('.event.')[1]}` : `${ParticipantRole}: ${Content}`,
  );
};

/** A topic that the instance may publish to and that a function hears. */
const topic = async (): Promise<string> => {
  const { sns } = host.services;
  const { ref } = await declare(sns, 'AWS::SNS::Topic', 'Chats', { TopicName: 'chats' });
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'connect.amazonaws.com' }, Action: 'sns:Publish', Resource: ref },
  ];
  await declare(sns, 'AWS::SNS::TopicPolicy', 'Policy', { Topics: [ref], PolicyDocument: { Statement } });
  await declare(sns, 'AWS::SNS::Subscription', 'Hear', { TopicArn: ref, Protocol: 'lambda', Endpoint: 'arn:fn' });
  return ref;
};

const stream = (ContactId: string, StreamingEndpointArn: string) =>
  host.connect.send(
    new StartContactStreamingCommand({
      InstanceId: instance.id,
      ContactId,
      ChatStreamingConfiguration: { StreamingEndpointArn },
      ClientToken: 'x',
    }),
  );

describe('a chat', () => {
  it('is streamed to a topic, answered by a bot, handed to an agent and ended by them', async () => {
    const arn = await topic();
    const { ContactId, token } = await begin(await chatFlow(), {
      InitialMessage: { ContentType: 'text/plain', Content: 'Where is my parcel?' },
      Attributes: { channel: 'whatsapp' },
    });
    const customer = await enter(token);
    const { StreamingId } = await stream(ContactId, arn);
    const robin = await bot(ContactId);
    await host.clock.advance(1000);
    await write(customer, 'Anybody?');
    await write(robin, 'I am looking.');
    await host.participant.send(new DisconnectParticipantCommand({ ConnectionToken: robin }));
    const agent = await host.people.queue('BasicQueue').take('Kim');
    agent.say('It arrives today.');
    const seen = await transcript(customer);
    agent.end();
    const item = (fields: object) => expect.objectContaining({ ContactId, InitialContactId: ContactId, ...fields });
    expect({
      StreamingId,
      attributes: agent.attributes(),
      seen,
      streamed: host.script.streamed,
      late: await failureOf(write(customer, 'Thanks!')),
    }).toEqual({
      StreamingId: expect.any(String),
      attributes: { channel: 'whatsapp' },
      seen: [
        'CUSTOMER: Where is my parcel?',
        'SYSTEM: Hello',
        'CUSTOMER participant.joined',
        'CUSTOM_BOT participant.joined',
        'CUSTOMER: Anybody?',
        'CUSTOM_BOT: I am looking.',
        'CUSTOM_BOT participant.left',
        'AGENT participant.joined',
        'AGENT: It arrives today.',
      ],
      streamed: [
        item({ Type: 'EVENT', ParticipantRole: 'CUSTOM_BOT', DisplayName: 'Robin' }),
        item({ Type: 'MESSAGE', ContentType: 'text/plain', Content: 'Anybody?', ParticipantRole: 'CUSTOMER' }),
        item({ Type: 'MESSAGE', Content: 'I am looking.', ParticipantRole: 'CUSTOM_BOT' }),
        item({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.participant.left' }),
        item({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.participant.joined' }),
        item({ Type: 'MESSAGE', Content: 'It arrives today.', ParticipantRole: 'AGENT', DisplayName: 'Kim' }),
        item({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.participant.left' }),
        item({ Type: 'EVENT', ContentType: 'application/vnd.amazonaws.connect.event.chat.ended' }),
      ],
      late: { name: 'AccessDeniedException', status: 403 },
    });
  });

  it('is begun once by one client token, a message sent once, a bot invited once', async () => {
    const flow = await chatFlow();
    const [first, second] = [await begin(flow, { ClientToken: 'a' }), await begin(flow, { ClientToken: 'a' })];
    const other = await failureOf(begin(flow, { ClientToken: 'a', ParticipantDetails: { DisplayName: 'Bob' } }));
    const customer = await enter(first.token);
    const [one, two] = [await write(customer, 'Hi', 'm1'), await write(customer, 'Hi', 'm1')];
    const invite = (ClientToken: string) =>
      host.connect.send(
        new CreateParticipantCommand({
          InstanceId: instance.id,
          ContactId: first.ContactId,
          ClientToken,
          ParticipantDetails: { ParticipantRole: 'CUSTOM_BOT', DisplayName: 'Robin' },
        }),
      );
    const [robin, again] = [await invite('b'), await invite('b')];
    expect({
      same: second,
      other,
      message: two.Id,
      bot: again.ParticipantId,
      secondBot: await failureOf(invite('c')),
      transcript: await transcript(customer),
    }).toEqual({
      same: first,
      other: { name: 'IdempotencyException', status: 409 },
      message: one.Id,
      bot: robin.ParticipantId,
      secondBot: { name: 'ConflictException', status: 409 },
      transcript: ['SYSTEM: Hello', 'CUSTOMER participant.joined', 'CUSTOMER: Hi'],
    });
  });

  it('takes what Connect takes, and says what it does not', async () => {
    const flow = await chatFlow();
    const { ContactId, token } = await begin(flow);
    const customer = await enter(token);
    const markdown = { ConnectionToken: customer, ContentType: 'text/markdown', Content: '*x*' };
    expect({
      long: await failureOf(write(customer, 'x'.repeat(1025))),
      markdown: await failureOf(host.participant.send(new SendMessageCommand(markdown))),
      event: await failureOf(
        host.participant.send(new SendEventCommand({ ConnectionToken: customer, ContentType: 'text/plain' })),
      ),
      stranger: await failureOf(write('somebody', 'x')),
      noTopic: await failureOf(stream(ContactId, 'arn:aws:sns:us-east-1:111122223333:none')),
      noFlow: await failureOf(begin('nothing')),
      large: await failureOf(begin(flow, { Attributes: { a: 'x'.repeat(33_000) } })),
      short: await failureOf(begin(flow, { ChatDurationInMinutes: 5 })),
    }).toEqual({
      long: { name: 'ValidationException', status: 400 },
      markdown: { name: 'ValidationException', status: 400 },
      event: { name: 'ValidationException', status: 400 },
      stranger: { name: 'AccessDeniedException', status: 403 },
      noTopic: { name: 'InvalidRequestException', status: 400 },
      noFlow: { name: 'ResourceNotFoundException', status: 404 },
      large: { name: 'InvalidRequestException', status: 400 },
      short: { name: 'InvalidRequestException', status: 400 },
    });
  });

  it('whose customer never connects ends after five minutes; one that is stopped ends at once', async () => {
    const patient = { TimeLimitSeconds: '3600', Events: ['CustomerReturned'] };
    const wait = action('wait', 'Wait', patient, 'bye', failing, { WaitCompleted: 'bye', CustomerReturned: 'bye' });
    const flow = await publish(host, instance.id, flowOf(wait, bye));
    const [lonely, stopped] = [await begin(flow), await begin(flow)];
    const arn = await topic();
    const { StreamingId } = await stream(stopped.ContactId, arn);
    await host.connect.send(
      new StopContactStreamingCommand({ InstanceId: instance.id, ContactId: stopped.ContactId, StreamingId }),
    );
    await host.connect.send(new StopContactCommand({ InstanceId: instance.id, ContactId: stopped.ContactId }));
    await host.clock.advance(5 * 60_000);
    const reasonOf = async ({ ContactId }: { ContactId: string }) =>
      (await host.connect.send(new DescribeContactCommand({ InstanceId: instance.id, ContactId }))).Contact
        ?.DisconnectReason;
    expect({
      lonely: await reasonOf(lonely),
      stopped: await reasonOf(stopped),
      late: await failureOf(enter(lonely.token)),
      streamed: host.script.streamed,
    }).toEqual({
      lonely: 'EXPIRED',
      stopped: 'API',
      late: { name: 'AccessDeniedException', status: 403 },
      streamed: [],
    });
  });

  it('is spoken to without a signature: the token is the permission', async () => {
    const { token } = await begin(await chatFlow());
    const unsigned = await fetch(`${host.endpointUrl}/participant/connection`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-bearer': token },
      body: JSON.stringify({ Type: ['CONNECTION_CREDENTIALS'], ConnectParticipant: true }),
    });
    expect({ status: unsigned.status, body: await unsigned.json() }).toEqual({
      status: 200,
      body: { ConnectionCredentials: { ConnectionToken: expect.any(String), Expiry: expect.any(String) } },
    });
  });

  it('outlives the cloud that it began in', async () => {
    const { ContactId, token } = await begin(await chatFlow());
    const customer = await enter(token);
    await bot(ContactId);
    await host.clock.advance(1000);
    await write(customer, 'Before');
    await host.stop();
    const later = await hostConnect({ dataDir: host.directory });
    later.services.connect.resume?.();
    const participant = new ConnectParticipantClient(later.root);
    await participant.send(
      new SendMessageCommand({ ConnectionToken: customer, ContentType: 'text/plain', Content: 'After' }),
    );
    const { Transcript = [] } = await participant.send(
      new GetTranscriptCommand({ ConnectionToken: customer, ScanDirection: 'FORWARD', SortOrder: 'ASCENDING' }),
    );
    await later.clock.advance(600_000);
    const contact = later.people.contact(ContactId);
    host = later;
    expect({
      said: Transcript.filter(({ Type }) => Type === 'MESSAGE').map(({ Content }) => Content),
      heard: contact.heard(),
      state: contact.state(),
    }).toEqual({ said: ['Hello', 'Before', 'After'], heard: ['Hello', 'Are you there?'], state: 'over' });
  });
});

describe('text messages', () => {
  it('come to a number of End User Messaging, one contact for all of a conversation', async () => {
    const SourcePhoneNumberArn = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1';
    const importing = { InstanceId: instance.id, SourcePhoneNumberArn };
    const { PhoneNumberId } = await host.connect.send(new ImportPhoneNumberCommand(importing));
    await host.clock.advance(1000);
    const { ClaimedPhoneNumberSummary: number } = await host.connect.send(
      new DescribePhoneNumberCommand({ PhoneNumberId }),
    );
    const pair = { PhoneNumberId, InstanceId: instance.id, ContactFlowId: await chatFlow() };
    await host.connect.send(new AssociatePhoneNumberContactFlowCommand(pair));
    const texts = host.people.text({ from: '+14155550123', to: number?.PhoneNumber ?? '' });
    const ContactId = (await texts.say('Hi')) ?? '';
    const robin = await bot(ContactId);
    await host.clock.advance(1000);
    const again = await texts.say('Are you there?');
    await write(robin, 'I am.');
    const { Contact } = await host.connect.send(new DescribeContactCommand({ InstanceId: instance.id, ContactId }));
    expect({
      source: number?.SourcePhoneNumberArn,
      again,
      heard: texts.heard(),
      endpoints: [Contact?.CustomerEndpoint?.Address, Contact?.SystemEndpoint?.Address],
      subtype: Contact?.SegmentAttributes?.['connect:Subtype'],
      nobody: await host.people.text({ from: '+14155550123', to: '+14255559999' }).say('Hi'),
    }).toEqual({
      source: SourcePhoneNumberArn,
      again: ContactId,
      heard: ['Hello', 'I am.'],
      endpoints: ['+14155550123', number?.PhoneNumber],
      subtype: { ValueString: 'connect:SMS' },
      nobody: undefined,
    });
  });
});

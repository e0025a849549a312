import {
  AssociateBotCommand,
  AssociatePhoneNumberContactFlowCommand,
  ClaimPhoneNumberCommand,
  CreateHoursOfOperationCommand,
  CreateQueueCommand,
  DescribeContactCommand,
  GetContactAttributesCommand,
  ListHoursOfOperationsCommand,
  ListQueuesCommand,
  StartOutboundVoiceContactCommand,
  StopContactCommand,
  UpdateContactAttributesCommand,
} from '@aws-sdk/client-connect';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { action, bye, type ConnectHost, FUNCTION, flowOf, hostConnect, publish, say } from './support.ts';

const CALLER = '+14155550123';
const NUMBER = '+12065550100';

let host: ConnectHost;
let instance: { id: string; arn: string };
beforeEach(async () => {
  host = await hostConnect();
  instance = await host.instance();
});
afterEach(() => host.discard());

/** A number that the flow answers. */
const answering = async (flow: object): Promise<string> => {
  const ContactFlowId = await publish(host, instance.id, flow);
  const claim = { TargetArn: instance.arn, PhoneNumber: NUMBER };
  const { PhoneNumberId } = await host.connect.send(new ClaimPhoneNumberCommand(claim));
  await host.clock.advance(1000);
  const pair = { PhoneNumberId, InstanceId: instance.id, ContactFlowId };
  await host.connect.send(new AssociatePhoneNumberContactFlowCommand(pair));
  return ContactFlowId;
};

const call = () => host.people.dial({ from: CALLER, to: NUMBER });

const failing = (next: string) => ({ NoMatchingError: next });
const MENU = { Text: 'Press 1 for orders, 2 for a person.', InputTimeLimitSeconds: '5', StoreInput: 'False' };
const menu = (conditions: Record<string, string>, silent = 'bye') =>
  action(
    'menu',
    'GetParticipantInput',
    MENU,
    'bye',
    { InputTimeLimitExceeded: silent, NoMatchingCondition: 'wrong', NoMatchingError: 'bye' },
    conditions,
  );
const wrong = say('wrong', 'That key means nothing.', 'menu');
const ask = (parameters = {}, next = 'tell') =>
  action(
    'ask',
    'InvokeLambdaFunction',
    {
      LambdaFunctionARN: FUNCTION,
      InvocationTimeLimitSeconds: '8',
      LambdaInvocationAttributes: { topic: 'orders', caller: '$.CustomerEndpoint.Address' },
      ResponseValidation: { ResponseType: 'STRING_MAP' },
      ...parameters,
    },
    next,
    failing('sorry'),
  );
const tell = say('tell', '$.External.message', 'bye');
const sorry = say('sorry', 'One moment, please.', 'bye');

describe('a call', () => {
  it('is led by keys to a function, which hears who calls and says what the caller hears', async () => {
    await answering(flowOf(say('hi', 'Welcome.', 'menu'), menu({ '1': 'ask' }), wrong, ask(), tell, sorry, bye));
    host.script.answer = () => ({ message: 'Your order is on its way.' });
    const caller = await call();
    const before = caller.state();
    await caller.press('71');
    expect({
      before,
      after: caller.state(),
      heard: caller.heard(),
      why: caller.disconnectReason(),
      steps: caller.steps().map(({ type, outcome }) => `${type}: ${outcome}`),
      callers: host.script.callers,
      events: host.script.events,
    }).toEqual({
      before: 'waiting',
      after: 'over',
      heard: ['Welcome.', MENU.Text, 'That key means nothing.', MENU.Text, 'Your order is on its way.'],
      why: 'CONTACT_FLOW_DISCONNECT',
      steps: [
        'MessageParticipant: next',
        'GetParticipantInput: error NoMatchingCondition',
        'MessageParticipant: next',
        'GetParticipantInput: condition 1',
        'InvokeLambdaFunction: next',
        'MessageParticipant: next',
        'DisconnectParticipant: ended',
      ],
      callers: [undefined],
      events: [
        {
          Name: 'ContactFlowEvent',
          Details: {
            Parameters: { topic: 'orders', caller: CALLER },
            ContactData: expect.objectContaining({
              Attributes: {},
              Channel: 'VOICE',
              ContactId: caller.contactId,
              InitialContactId: caller.contactId,
              CustomerEndpoint: { Type: 'TELEPHONE_NUMBER', Address: CALLER },
              SystemEndpoint: { Type: 'TELEPHONE_NUMBER', Address: NUMBER },
              InitiationMethod: 'INBOUND',
              InstanceARN: instance.arn,
              Queue: null,
            }),
          },
        },
      ],
    });
  });

  it.each<[string, () => unknown]>([
    ['fails', () => new Error('broken')],
    ['answers with what is no map of texts', () => ({ message: { text: 'Hello' } })],
    ['answers with a number', () => ({ message: 7 })],
    ['answers with more than 32 KB', () => ({ message: 'x'.repeat(33_000) })],
  ])('takes the error branch when its function %s', async (_, answer) => {
    await answering(flowOf(ask(), tell, sorry, bye));
    host.script.answer = answer;
    expect((await call()).heard()).toEqual(['One moment, please.']);
  });

  it('waits eight seconds for a function, and no longer', async () => {
    await answering(flowOf(ask(), tell, sorry, bye));
    host.script.answer = () => new Promise(() => {});
    const calling = call();
    await expect.poll(() => host.clock.sleepers()).toBe(1);
    await host.clock.advance(7999);
    const early = host.services.connect.desk.openContacts().length;
    await host.clock.advance(1);
    expect({ early, heard: (await calling).heard() }).toEqual({ early: 1, heard: ['One moment, please.'] });
  });

  it('that presses nothing is led on when its time is over', async () => {
    await answering(flowOf(menu({ '1': 'bye' }, 'late'), wrong, say('late', 'Are you there?', 'bye'), bye));
    const [patient, quick] = [await call(), await call()];
    await host.clock.advance(5000);
    await quick.silence();
    expect([patient.heard(), quick.heard()]).toEqual([
      [MENU.Text, 'Are you there?'],
      [MENU.Text, 'Are you there?'],
    ]);
  });

  it('goes round a loop as often as it says, with attributes that the flow and the API set', async () => {
    const loop = action('loop', 'Loop', { LoopCount: '2' }, 'bye', {}, { ContinueLooping: 'menu', DoneLooping: 'bye' });
    const set = action(
      'set',
      'UpdateContactAttributes',
      { Attributes: { last: '$.Attributes.name, $.Channel' }, TargetContact: 'Current' },
      'hello',
      failing('bye'),
    );
    const hello = action(
      'hello',
      'MessageParticipant',
      { SSML: '<speak>Hello <break/>$.Attributes.last.</speak>' },
      'loop',
    );
    await answering(flowOf(loop, menu({ '1': 'set' }), wrong, set, hello, bye));
    const caller = await call();
    const of = { InstanceId: instance.id, InitialContactId: caller.contactId ?? '' };
    await host.connect.send(new UpdateContactAttributesCommand({ ...of, Attributes: { name: 'Ada' } }));
    await caller.press('11');
    const { Attributes } = await host.connect.send(new GetContactAttributesCommand(of));
    expect({ heard: caller.heard(), state: caller.state(), Attributes }).toEqual({
      heard: [MENU.Text, 'Hello Ada, VOICE.', MENU.Text, 'Hello Ada, VOICE.'],
      state: 'over',
      Attributes: { name: 'Ada', last: 'Ada, VOICE' },
    });
  });

  it('collects what is keyed in until the hash', async () => {
    const entry = { Text: 'Your order number?', InputTimeLimitSeconds: '5', StoreInput: 'True' };
    await answering(
      flowOf(
        action('entry', 'GetParticipantInput', entry, 'echo', failing('bye')),
        say('echo', 'It is $.StoredCustomerInput.', 'bye'),
        bye,
      ),
    );
    const caller = await call();
    await caller.press('4711#');
    expect(caller.heard()).toEqual(['Your order number?', 'It is 4711.']);
  });

  it('is checked against the hours of operation in their own time zone', async () => {
    const Config = [
      { Day: 'FRIDAY' as const, StartTime: { Hours: 22, Minutes: 0 }, EndTime: { Hours: 2, Minutes: 30 } },
    ];
    const night = { InstanceId: instance.id, Name: 'Night', TimeZone: 'Europe/Berlin', Config };
    const { HoursOfOperationArn } = await host.connect.send(new CreateHoursOfOperationCommand(night));
    const hours = action(
      'hours',
      'CheckHoursOfOperation',
      { HoursOfOperationId: HoursOfOperationArn },
      'bye',
      failing('bye'),
      {
        True: 'open',
        False: 'closed',
      },
    );
    await answering(flowOf(hours, say('open', 'open', 'bye'), say('closed', 'closed', 'bye'), bye));
    const heardAt = async (iso: string): Promise<string | undefined> => {
      // The next time that this weekday and hour come round.
      const week = 7 * 86_400_000;
      const ahead = (((Date.parse(iso) - host.clock.now()) % week) + week) % week;
      await host.clock.advance(ahead);
      return (await call()).heard()[0];
    };
    // In winter and summer alike Berlin is ahead of UTC by one hour or two: these are clear of both edges.
    expect([
      await heardAt('2026-11-27T19:00:00Z'),
      await heardAt('2026-11-27T22:30:00Z'),
      await heardAt('2026-11-28T00:15:00Z'),
      await heardAt('2026-11-28T02:00:00Z'),
    ]).toEqual(['closed', 'open', 'open', 'closed']);
  });

  it('comes to a queue with what was collected, speaks with an agent, and both can end it', async () => {
    const { QueueSummaryList = [] } = await host.connect.send(new ListQueuesCommand({ InstanceId: instance.id }));
    const set = action(
      'set',
      'UpdateContactAttributes',
      { Attributes: { summary: 'Lost parcel' } },
      'queue',
      failing('bye'),
    );
    const queue = action(
      'queue',
      'UpdateContactTargetQueue',
      { QueueId: QueueSummaryList[0]?.Arn },
      'go',
      failing('bye'),
    );
    const go = action('go', 'TransferContactToQueue', {}, 'bye', { QueueAtCapacity: 'bye', NoMatchingError: 'bye' });
    await answering(flowOf(set, queue, go, bye));
    const caller = await call();
    const queued = { state: caller.state(), waiting: host.people.queue('BasicQueue').waiting() };
    const agent = await host.people.queue('BasicQueue').take('Kim');
    agent.say('Kim here.');
    await caller.say('Where is my parcel?');
    const described = await host.connect.send(
      new DescribeContactCommand({ InstanceId: instance.id, ContactId: caller.contactId }),
    );
    agent.end();
    expect({
      queued,
      attributes: agent.attributes(),
      transcript: agent.transcript(),
      queue: described.Contact?.QueueInfo?.Id,
      agent: described.Contact?.AgentInfo?.Id,
      over: [caller.state(), caller.disconnectReason()],
    }).toEqual({
      queued: { state: 'queued', waiting: [caller.contactId] },
      attributes: { summary: 'Lost parcel' },
      transcript: ['AGENT: Kim here.', 'CUSTOMER: Where is my parcel?'],
      queue: QueueSummaryList[0]?.Id,
      agent: 'Kim',
      over: ['over', 'AGENT_DISCONNECT'],
    });
  });

  it('finds a full queue full', async () => {
    const { HoursOfOperationSummaryList = [] } = await host.connect.send(
      new ListHoursOfOperationsCommand({ InstanceId: instance.id }),
    );
    const small = {
      InstanceId: instance.id,
      Name: 'Small',
      HoursOfOperationId: HoursOfOperationSummaryList[0]?.Id,
      MaxContacts: 1,
    };
    const { QueueArn } = await host.connect.send(new CreateQueueCommand(small));
    const queue = action('queue', 'UpdateContactTargetQueue', { QueueId: QueueArn }, 'go', failing('bye'));
    const go = action('go', 'TransferContactToQueue', {}, 'bye', { QueueAtCapacity: 'busy', NoMatchingError: 'bye' });
    await answering(flowOf(queue, go, say('busy', 'All are busy.', 'bye'), bye));
    const [first, second] = [await call(), await call()];
    expect([first.state(), second.state(), second.heard()]).toEqual(['queued', 'over', ['All are busy.']]);
  });

  it('asks a bot that a test scripts, and takes the error branch where there is none', async () => {
    const AliasArn = 'arn:aws:lex:us-east-1:111122223333:bot-alias/BOT/ALIAS';
    const bot = action(
      'bot',
      'ConnectParticipantWithLexBot',
      { Text: 'How can I help?', LexV2Bot: { AliasArn } },
      'bye',
      { NoMatchingCondition: 'bye', NoMatchingError: 'sorry' },
      { Question: 'echo' },
    );
    await answering(flowOf(bot, say('echo', 'You said $.Lex.Slots.utterance', 'bye'), sorry, bye));
    const without = (await call()).heard();
    await host.connect.send(new AssociateBotCommand({ InstanceId: instance.id, LexV2Bot: { AliasArn } }));
    host.people.bot(AliasArn, (heard) => ({ intent: 'Question', slots: { utterance: heard } }));
    const caller = await call();
    await caller.say('Are you open?');
    expect({ without, heard: caller.heard() }).toEqual({
      without: ['One moment, please.'],
      heard: ['How can I help?', 'You said Are you open?'],
    });
  });

  it('to a number that nobody has, or that no flow answers, reaches nobody', async () => {
    const none = await call();
    await host.connect.send(new ClaimPhoneNumberCommand({ TargetArn: instance.arn, PhoneNumber: NUMBER }));
    await host.clock.advance(1000);
    expect([none.refused, (await call()).refused]).toEqual(['no-such-number', 'no-flow']);
  });

  it('from us rings until somebody picks up, and is stopped by the API', async () => {
    const ContactFlowId = await answering(flowOf(menu({ '1': 'bye' }), wrong, bye));
    const outbound = { InstanceId: instance.id, ContactFlowId, DestinationPhoneNumber: CALLER, ClientToken: 'one' };
    const { ContactId } = await host.connect.send(new StartOutboundVoiceContactCommand(outbound));
    const again = await host.connect.send(new StartOutboundVoiceContactCommand(outbound));
    const callee = await host.people.pickUp(CALLER);
    const heard = callee.heard();
    await host.connect.send(new StopContactCommand({ InstanceId: instance.id, ContactId }));
    expect({ same: again.ContactId, callee: callee.contactId, heard, over: callee.disconnectReason() }).toEqual({
      same: ContactId,
      callee: ContactId,
      heard: [MENU.Text],
      over: 'API',
    });
  });
});

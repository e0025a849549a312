import {
  AssociatePhoneNumberContactFlowCommand,
  ClaimPhoneNumberCommand,
  CreateContactFlowCommand,
  ListHoursOfOperationsCommand,
  ListQueuesCommand,
} from '@aws-sdk/client-connect';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chatFlow, type FlowPlan, handoffFlow, voiceFlow } from '../../../shared/connect/flow/contact-flows.ts';
import { type ConnectHost, FUNCTION, hostConnect, publish } from './support.ts';

let host: ConnectHost;
beforeEach(async () => {
  host = await hostConnect();
});
afterEach(() => host.discard());

const planOf = async (InstanceId: string): Promise<FlowPlan> => {
  const { HoursOfOperationSummaryList = [] } = await host.connect.send(
    new ListHoursOfOperationsCommand({ InstanceId }),
  );
  const { QueueSummaryList = [] } = await host.connect.send(new ListQueuesCommand({ InstanceId }));
  return {
    businessName: 'Cozy Comfort Bedding',
    topics: ['order status', 'returns'],
    lambdaArn: FUNCTION,
    hoursOfOperationArn: HoursOfOperationSummaryList[0]?.Arn ?? '',
    queueArn: QueueSummaryList[0]?.Arn ?? '',
  };
};

it('takes every flow of the product, with a bot and without', async () => {
  const { id: InstanceId } = await host.instance();
  const plan = await planOf(InstanceId);
  const lexBotAliasArn = 'arn:aws:lex:us-east-1:111122223333:bot-alias/BOT/ALIAS';
  const flows = {
    voice: voiceFlow(plan),
    spoken: voiceFlow({ ...plan, lexBotAliasArn }),
    chat: chatFlow({ ...plan, account: 'a' }),
    handoff: handoffFlow(plan),
  };
  for (const [Name, flow] of Object.entries(flows)) {
    const Content = JSON.stringify(flow);
    await host.connect.send(new CreateContactFlowCommand({ InstanceId, Name, Type: 'CONTACT_FLOW', Content }));
  }
  expect(host.services.connect.desk.dependencies.store.flows.all(InstanceId)).toHaveLength(4);
});

it("leads a caller through the product's own menu to an answer and then to a person", async () => {
  const { id: InstanceId, arn: TargetArn } = await host.instance();
  const ContactFlowId = await publish(host, InstanceId, voiceFlow(await planOf(InstanceId)));
  const PhoneNumber = '+12065550100';
  const { PhoneNumberId } = await host.connect.send(new ClaimPhoneNumberCommand({ TargetArn, PhoneNumber }));
  await host.clock.advance(1000);
  const pair = { PhoneNumberId, InstanceId, ContactFlowId };
  await host.connect.send(new AssociatePhoneNumberContactFlowCommand(pair));
  const answers: Readonly<Record<string, object>> = {
    begin: { next: 'listen', message: '', turn: '0' },
    ask: { next: 'listen', message: 'Orders take three days.', turn: '1' },
    person: {
      next: 'person',
      message: 'I will find somebody.',
      turn: '1',
      summary: 'Asked about orders',
      sentiment: 'NEUTRAL',
    },
  };
  host.script.answer = ({ Details }) => answers[Details.Parameters.event ?? ''];
  const caller = await host.people.dial({ from: '+14155550123', to: PhoneNumber });
  await caller.press('1');
  await caller.press('0');
  const menu = caller.heard()[1];
  expect({
    heard: caller.heard(),
    asked: host.script.events.map(({ Details }) => Details.Parameters),
    state: caller.state(),
    attributes: caller.attributes(),
  }).toEqual({
    heard: ['Welcome to Cozy Comfort Bedding.', menu, 'Orders take three days.', menu, 'I will find somebody.'],
    asked: [
      { event: 'begin' },
      { event: 'ask', text: 'I have a question about order status at Cozy Comfort Bedding.', turn: '0' },
      { event: 'person', turn: '1' },
    ],
    state: 'queued',
    attributes: expect.objectContaining({ summary: 'Asked about orders', sentiment: 'NEUTRAL', turn: '1' }),
  });
});

import {
  AssociateLambdaFunctionCommand,
  ClaimPhoneNumberCommand,
  ConnectClient,
  CreateContactFlowCommand,
  DescribePhoneNumberCommand,
  ListContactFlowsCommand,
  SearchAvailablePhoneNumbersCommand,
  UpdateContactFlowContentCommand,
} from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  GetTranscriptCommand,
  type Item,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { connectChats } from '../../shared/connect/chats-connect.ts';
import { clientUuid } from '../../shared/connect/client-uuid.ts';
import { connectApi } from '../../shared/connect/connect-api-connect.ts';
import { handoffFlow } from '../../shared/connect/flow/contact-flows.ts';
import { SHARED } from './support/fake-connect.ts';

const connect = mockClient(ConnectClient);
const participants = mockClient(ConnectParticipantClient);
afterAll(() => {
  connect.restore();
  participants.restore();
});
const api = connectApi(new ConnectClient({ region: 'us-east-1' }));
const INSTANCE_ID = '0f0e0d0c-1111-4222-8333-444455556666';
const FLOW = handoffFlow(SHARED);
const failing = (name: string, message = name, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ name, reason, message }) => ({ name, reason, message }),
  );
const WANTED = {
  instanceArn: SHARED.instanceArn,
  token: clientUuid('t'),
  description: 'Cozy (voice)',
  tags: { agentId: 'a-1' },
  phoneNumber: '+15550100001',
};

beforeEach(() => {
  connect.reset();
  participants.reset();
});

describe('Amazon Connect by its SDK', () => {
  it('claims a number by token, tagged, for the instance', async () => {
    connect.on(ClaimPhoneNumberCommand).resolves({ PhoneNumberId: 'number-1' });
    expect(await api.claimNumber(WANTED)).toBe('number-1');
    expect(connect.commandCalls(ClaimPhoneNumberCommand)[0]?.args[0].input).toEqual({
      TargetArn: SHARED.instanceArn,
      PhoneNumber: '+15550100001',
      PhoneNumberDescription: 'Cozy (voice)',
      Tags: { agentId: 'a-1' },
      ClientToken: expect.stringMatching(/^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/),
    });
  });

  it('knows a number that somebody else took from a quota and from a throttle', async () => {
    connect
      .on(ClaimPhoneNumberCommand)
      .rejectsOnce(failing('ResourceNotFoundException'))
      .rejectsOnce(failing('ServiceQuotaExceededException', 'At most 5.'))
      .rejectsOnce(failing('ThrottlingException'));
    const taken = await api.claimNumber(WANTED);
    const quota = await refusal(api.claimNumber(WANTED));
    const throttled = await refusal(api.claimNumber(WANTED));
    expect({ taken, quota, throttled }).toEqual({
      taken: undefined,
      quota: { name: 'ConnectRefusal', reason: 'quota', message: 'At most 5.' },
      throttled: { name: 'ThrottlingException', reason: undefined, message: 'ThrottlingException' },
    });
  });

  it('says what is wrong with a flow that is refused', async () => {
    const problems = [{ message: 'Invalid Action property value.' }, { message: 'Path: Actions[0].' }];
    connect.on(CreateContactFlowCommand).rejects(failing('InvalidContactFlowException', 'x', { problems }));
    const wanted = { name: 'f', description: 'd', flow: FLOW, tags: {} };
    expect(await refusal(api.ensureFlow(SHARED.instanceArn, wanted))).toEqual({
      name: 'ConnectRefusal',
      reason: 'flow-rejected',
      message: 'Invalid Action property value. Path: Actions[0].',
    });
  });

  it('takes over a flow that an earlier attempt has made', async () => {
    const Arn = `${SHARED.instanceArn}/contact-flow/f-1`;
    connect.on(CreateContactFlowCommand).rejects(failing('DuplicateResourceException'));
    connect.on(ListContactFlowsCommand).resolves({
      ContactFlowSummaryList: [
        { Name: 'other', Arn: 'x' },
        { Name: 'f', Arn },
      ],
    });
    connect.on(UpdateContactFlowContentCommand).resolves({});
    expect(await api.ensureFlow(SHARED.instanceArn, { name: 'f', description: 'd', flow: FLOW, tags: {} })).toBe(Arn);
    expect(connect.commandCalls(UpdateContactFlowContentCommand)[0]?.args[0].input).toEqual({
      InstanceId: INSTANCE_ID,
      ContactFlowId: 'f-1',
      Content: JSON.stringify(FLOW),
    });
  });

  it('reads numbers, and takes what is gone for gone', async () => {
    connect
      .on(SearchAvailablePhoneNumbersCommand)
      .resolves({ AvailableNumbersList: [{ PhoneNumber: '+15550100001' }, {}] });
    connect.on(DescribePhoneNumberCommand).rejects(failing('ResourceNotFoundException'));
    connect.on(AssociateLambdaFunctionCommand).rejects(failing('ResourceConflictException'));
    await api.associateLambda(SHARED.instanceArn, 'arn:aws:lambda:us-east-1:111122223333:function:f');
    const wanted = { instanceArn: SHARED.instanceArn, countryCode: 'US', phoneNumberType: 'DID' as const };
    expect([await api.searchNumbers(wanted), await api.describeNumber('number-1')]).toEqual([
      ['+15550100001'],
      undefined,
    ]);
  });
});

describe('chats by the SDK', () => {
  const chats = connectChats(
    { CONNECT_CHAT_TOPIC_ARN: 'arn:t' },
    new ConnectClient({}),
    new ConnectParticipantClient({ region: 'us-east-1' }),
  );

  it('are read from the beginning, every page, without the chats before', async () => {
    const item = (Id: string, fields: Item = {}): Item => ({
      Id,
      Type: 'MESSAGE',
      ContentType: 'text/plain',
      Content: Id,
      ParticipantRole: 'CUSTOMER',
      ...fields,
    });
    const file = item('second', { Type: 'ATTACHMENT', Content: undefined, Attachments: [{ AttachmentName: 'a.png' }] });
    participants
      .on(GetTranscriptCommand)
      .resolvesOnce({ Transcript: [item('third'), file], NextToken: 'more' })
      .resolvesOnce({ Transcript: [item('first', { ContactId: 'c-1' }), item('last week', { ContactId: 'c-0' })] });
    const said = await chats.transcript('token', 'c-1');
    expect({
      said: said.map(({ Id, Content }) => [Id, Content]),
      asked: participants.commandCalls(GetTranscriptCommand).map(({ args: [{ input }] }) => input),
    }).toMatchObject({
      said: [
        ['first', 'first'],
        ['second', 'a.png'],
        ['third', 'third'],
      ],
      asked: [{ ConnectionToken: 'token', MaxResults: 100 }, { NextToken: 'more' }],
    });
  });

  it('are over when the connection is refused', async () => {
    participants.on(SendMessageCommand).rejects(failing('AccessDeniedException'));
    expect(await refusal(chats.send('token', 'Hello', clientUuid('t')))).toMatchObject({ name: 'ChatOver' });
  });
});

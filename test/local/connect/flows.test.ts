import {
  CreateContactFlowCommand,
  DeleteContactFlowCommand,
  DescribeContactFlowCommand,
  InvalidContactFlowException,
  ListContactFlowsCommand,
  UpdateContactFlowContentCommand,
  UpdateContactFlowMetadataCommand,
} from '@aws-sdk/client-connect';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/ai-cloud.ts';
import { action, bye, type ConnectHost, flowOf, hostConnect, publish, say } from './support.ts';

let host: ConnectHost;
beforeEach(async () => {
  host = await hostConnect();
});
afterEach(() => host.discard());

const problemsOf = async (flow: object | string): Promise<(string | undefined)[]> => {
  const { id: InstanceId } = await host.instance();
  const Content = typeof flow === 'string' ? flow : JSON.stringify(flow);
  try {
    await host.connect.send(new CreateContactFlowCommand({ InstanceId, Name: 'X', Type: 'CONTACT_FLOW', Content }));
  } catch (error) {
    if (error instanceof InvalidContactFlowException) return (error.problems ?? []).map(({ message }) => message);
    throw error;
  }
  return [];
};

const MENU = { Text: 'Press 1', InputTimeLimitSeconds: '5', StoreInput: 'False' };
const MENU_ERRORS = { InputTimeLimitExceeded: 'bye', NoMatchingCondition: 'bye', NoMatchingError: 'bye' };
const QUEUE = 'arn:aws:connect:us-east-1:111122223333:instance/1/queue/2';

describe('contact flows', () => {
  it('are stored, read, changed, listed and deleted', async () => {
    const { id: InstanceId, arn } = await host.instance();
    const ContactFlowId = await publish(host, InstanceId, flowOf(say('hi', 'Hello', 'bye'), bye));
    const Content = JSON.stringify(flowOf(say('hi', 'Good day', 'bye'), bye));
    await host.connect.send(new UpdateContactFlowContentCommand({ InstanceId, ContactFlowId, Content }));
    await host.connect.send(new UpdateContactFlowMetadataCommand({ InstanceId, ContactFlowId, Name: 'Greeting' }));
    const { ContactFlow } = await host.connect.send(new DescribeContactFlowCommand({ InstanceId: arn, ContactFlowId }));
    const listed = await host.connect.send(new ListContactFlowsCommand({ InstanceId }));
    await host.connect.send(new DeleteContactFlowCommand({ InstanceId, ContactFlowId }));
    const gone = host.connect.send(new DescribeContactFlowCommand({ InstanceId, ContactFlowId }));
    expect({
      flow: ContactFlow,
      listed: listed.ContactFlowSummaryList?.map(({ Name }) => Name),
      gone: await failureOf(gone),
    }).toEqual({
      flow: {
        Arn: `${arn}/contact-flow/${ContactFlowId}`,
        Id: ContactFlowId,
        Name: 'Greeting',
        Type: 'CONTACT_FLOW',
        State: 'ACTIVE',
        Status: 'PUBLISHED',
        Content,
        Tags: {},
        FlowContentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        LastModifiedTime: expect.any(Date),
      },
      listed: ['Greeting'],
      gone: { name: 'ResourceNotFoundException', status: 404 },
    });
  });

  it('have one name each', async () => {
    const { id: InstanceId } = await host.instance();
    await publish(host, InstanceId, flowOf(bye));
    expect(await failureOf(publish(host, InstanceId, flowOf(bye)))).toEqual({
      name: 'DuplicateResourceException',
      status: 409,
    });
  });

  it.each<[string, object | string, string[]]>([
    ['no JSON', 'Welcome', ['Invalid JSON.']],
    [
      'no actions',
      { Version: '2019-10-30', StartAction: 'a', Actions: [] },
      ['Missing required property. Path: Actions'],
    ],
    ['another version', { ...flowOf(bye), Version: '2020-01-01' }, ['Invalid Flow version. Path: Version']],
    ['a start that is not there', { ...flowOf(bye), StartAction: 'hello' }, ['Invalid StartAction. Path: StartAction']],
    [
      'an unknown type',
      flowOf(action('a', 'PlayMusic', {}, 'bye'), bye),
      ['Invalid Action type. Path: Actions[0].Type'],
    ],
    [
      'a branch into nothing',
      flowOf(say('a', 'Hi', 'nowhere'), bye),
      ['Invalid Action property value. Path: Actions[0].Transitions.NextAction'],
    ],
    [
      'no way on',
      flowOf(action('a', 'MessageParticipant', { Text: 'Hi' }), bye),
      ['Missing required Action property. Path: Actions[0].Transitions.NextAction'],
    ],
    ['the same identifier twice', flowOf(bye, bye), ['Duplicate Action Identifier. Path: Actions[1].Identifier']],
    [
      'a missing parameter and a strange one',
      flowOf(
        action('a', 'GetParticipantInput', { Text: 'x', StoreInput: 'False', Beep: '1' }, 'bye', MENU_ERRORS),
        bye,
      ),
      [
        'Missing required Action property. Path: Actions[0].Parameters.InputTimeLimitSeconds',
        'Invalid Action property object key. Path: Actions[0].Parameters.Beep',
      ],
    ],
    [
      'a number that is no text',
      flowOf(action('a', 'GetParticipantInput', { ...MENU, InputTimeLimitSeconds: 5 }, 'bye', MENU_ERRORS), bye),
      ['Invalid Action property value. Path: Actions[0].Parameters.InputTimeLimitSeconds'],
    ],
    [
      'two prompts in one',
      flowOf(action('a', 'MessageParticipant', { Text: 'x', SSML: '<speak>x</speak>' }, 'bye'), bye),
      ['Exactly one of PromptId, Text, SSML, Media is required. Path: Actions[0].Parameters'],
    ],
    [
      'an error without a branch, and one that cannot be',
      flowOf(
        action('a', 'GetParticipantInput', MENU, 'bye', {
          InputTimeLimitExceeded: 'bye',
          NoMatchingError: 'bye',
          QueueAtCapacity: 'bye',
        }),
        bye,
      ),
      [
        'Missing required error transition NoMatchingCondition. Path: Actions[0].Transitions.Errors',
        'Invalid Action error type. Path: Actions[0].Transitions.Errors[2].ErrorType',
      ],
    ],
    [
      'a function of nine seconds',
      flowOf(
        action('a', 'InvokeLambdaFunction', { LambdaFunctionARN: 'arn', InvocationTimeLimitSeconds: '9' }, 'bye', {
          NoMatchingError: 'bye',
        }),
        bye,
      ),
      ['Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds'],
    ],
    [
      'a queue of nobody',
      flowOf(action('a', 'UpdateContactTargetQueue', { QueueId: QUEUE }, 'bye', { NoMatchingError: 'bye' }), bye),
      ['Invalid resource. Path: Actions[0].Parameters.QueueId'],
    ],
  ])('with %s are refused, saying where', async (_, flow, problems) => {
    expect(await problemsOf(flow)).toEqual(problems);
  });
});

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AwsError } from '../../../local/core/service.ts';
import type { Converse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { failureOf, startAiCloud } from '../support/ai-cloud.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';

const usage = { inputTokens: 3, outputTokens: 5, totalTokens: 8 };
const metrics = { latencyMs: 7 };

/** An engine that repeats what it was told, calls the tool it is offered, or fails when asked to. */
const parrot: Converse = async (_modelId, { messages = [], toolConfig }) => {
  const text = messages.at(-1)?.content?.[0]?.text ?? '';
  if (text === 'throttle me') throw new AwsError('ThrottlingException', 'Too many requests', 429);
  const name = toolConfig?.tools?.[0]?.toolSpec?.name;
  const content =
    name === undefined ? [{ text }] : [{ text }, { toolUse: { toolUseId: 't1', name, input: { query: text } } }];
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: name === undefined ? 'end_turn' : 'tool_use',
    usage,
    metrics,
  };
};

let cloud: Awaited<ReturnType<typeof startAiCloud>>;
let models: BedrockRuntimeClient;
beforeEach(async () => {
  cloud = await startAiCloud((context) => [
    makeBedrockRuntime(context, { converse: parrot, speech: async () => scriptedSpeech().speech }),
  ]);
  models = new BedrockRuntimeClient(cloud.settings);
});
afterEach(async () => {
  models.destroy();
  await cloud.stop();
});

const say = (text: string) => [{ role: 'user' as const, content: [{ text }] }];
const modelId = 'us.amazon.nova-pro-v1:0';
const toolConfig = {
  tools: [{ toolSpec: { name: 'search', inputSchema: { json: { type: 'object' } } } }],
};

test('Converse gives the engine its input and its caller the whole answer', async () => {
  const { $metadata, ...answer } = await models.send(
    new ConverseCommand({ modelId, messages: say('duvets'), toolConfig }),
  );
  expect([$metadata.httpStatusCode, answer]).toEqual([
    200,
    {
      output: {
        message: {
          role: 'assistant',
          content: [{ text: 'duvets' }, { toolUse: { toolUseId: 't1', name: 'search', input: { query: 'duvets' } } }],
        },
      },
      stopReason: 'tool_use',
      usage,
      metrics,
    },
  ]);
});

test('ConverseStream sends the same answer in events', async () => {
  const text = 'one two';
  const { stream } = await models.send(new ConverseStreamCommand({ modelId, messages: say(text), toolConfig }));
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  expect(events).toEqual([
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { delta: { text: 'one ' }, contentBlockIndex: 0 } },
    { contentBlockDelta: { delta: { text: 'two' }, contentBlockIndex: 0 } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockStart: { start: { toolUse: { toolUseId: 't1', name: 'search' } }, contentBlockIndex: 1 } },
    { contentBlockDelta: { delta: { toolUse: { input: JSON.stringify({ query: text }) } }, contentBlockIndex: 1 } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage, metrics } },
  ]);
});

test('unknown models, dialogues that do not begin with a user and errors of the engine are those of Bedrock', async () => {
  const converse = (input: object) =>
    failureOf(models.send(new ConverseCommand({ modelId, messages: say('hi'), ...input })));
  expect([
    await converse({ modelId: 'acme.oracle-v1:0' }),
    await converse({ modelId: 'us.amazon.nova-premier-v1:0' }),
    await converse({ messages: [{ role: 'assistant', content: [{ text: 'hi' }] }] }),
    await converse({ messages: say('throttle me') }),
  ]).toEqual([
    { name: 'ValidationException', status: 400 },
    { name: 'ResourceNotFoundException', status: 404 },
    { name: 'ValidationException', status: 400 },
    { name: 'ThrottlingException', status: 429 },
  ]);
});

test('an embedding has the asked dimension and length one', async () => {
  const { body } = await models.send(
    new InvokeModelCommand({
      modelId: 'amazon.titan-embed-text-v2:0',
      body: JSON.stringify({ inputText: 'washing duvets', dimensions: 256 }),
    }),
  );
  const { embedding } = JSON.parse(body.transformToString()) as { embedding: number[] };
  expect([embedding.length, Math.hypot(...embedding)]).toEqual([256, expect.closeTo(1, 5)]);
});

test('an inference profile needs the permission for itself and for its model', async () => {
  const iam = new IAMClient(cloud.settings);
  const trust = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }] });
  const allow = (Resource: string[]) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'agent',
        PolicyName: 'models',
        PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource }] }),
      }),
    );
  await iam.send(new CreateRoleCommand({ RoleName: 'agent', AssumeRolePolicyDocument: trust }));
  const agent = new BedrockRuntimeClient(await cloud.as('arn:aws:iam::111122223333:role/agent'));
  const profile = `arn:aws:bedrock:us-east-1:111122223333:inference-profile/${modelId}`;
  await allow([profile]);
  const command = new ConverseCommand({ modelId, messages: say('hi') });
  const half = await failureOf(agent.send(command));
  await allow([profile, 'arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0']);
  const whole = await agent.send(command);
  agent.destroy();
  expect([half, whole.stopReason]).toEqual([{ name: 'AccessDeniedException', status: 403 }, 'end_turn']);
});

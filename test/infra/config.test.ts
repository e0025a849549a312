import { expect, test } from 'vitest';
import { stageConfig } from '../../infra/config.ts';

const commit = () => 'abc';
const TODAY = Date.UTC(2026, 10, 21);

test('a stage that says nothing gets the defaults', () => {
  expect(stageConfig({ stage: 'prod', stages: { prod: {} } }, commit, TODAY)).toEqual({
    stage: 'prod',
    prefix: 'oratio',
    commit: 'abc',
    knowledgeIsolation: 'dedicated',
    agentModelId: 'us.amazon.nova-2-lite-v1:0',
    creatorModelId: 'us.amazon.nova-2-lite-v1:0',
    embeddingModelId: 'amazon.titan-embed-text-v2:0',
    conversationTtlDays: 30,
    logRetentionDays: 30,
    pollSeconds: 2,
    allowedOrigins: [],
    apiRequestsPerSecond: 50,
    apiBurst: 100,
    voiceLines: 20,
    voiceModelId: 'amazon.nova-2-sonic-v1:0',
    voiceTenantDailyBudgetUsd: 50,
    retainData: true,
    providerAddresses: 'public',
    transferPrefixes: ['+1'],
    rateLimits: { user: { perSecond: 50, burst: 500 }, key: { perSecond: 20, burst: 200 } },
    firstAgent: { agentName: 'Development Agent', agentType: 'both', sop: expect.stringContaining('never guess') },
  });
});

test('every stage but prod carries its name in its prefix; a pipeline’s commit wins over git’s', () => {
  const config = stageConfig({ stage: 'dev', stages: { dev: {} }, commit: 'of-the-pipeline' }, commit, TODAY);
  expect(config).toMatchObject({ prefix: 'oratio-dev', commit: 'of-the-pipeline' });
});

test.each([
  ['a name too long for AgentCore', { stage: 'thirteenchars', stages: {} }, /a stage is 1 to 12/],
  ['an unknown stage', { stage: 'qa', stages: { dev: {} } }, /no stage "qa", only dev/],
  ['an unknown setting', { stage: 'dev', stages: { dev: { colour: 'red' } } }, /colour/],
  [
    'a retention that CloudWatch Logs does not offer',
    { stage: 'dev', stages: { dev: { logRetentionDays: 8 } } },
    /logRetentionDays/,
  ],
  [
    'a model past the end of its life',
    { stage: 'dev', stages: { dev: { creatorModelId: 'us.amazon.nova-premier-v1:0' } } },
    /end of its life/,
  ],
  [
    'a speech model past the end of its life',
    { stage: 'dev', stages: { dev: { voiceModelId: 'amazon.nova-sonic-v1:0' } } },
    /voiceModelId: amazon.nova-sonic-v1:0 reached its end of life on 2026-09-14; use amazon.nova-2-sonic-v1:0/,
  ],
  [
    'a speech model of no catalogue',
    { stage: 'dev', stages: { dev: { voiceModelId: 'us.amazon.nova-2-lite-v1:0' } } },
    /voiceModelId: us.amazon.nova-2-lite-v1:0 is not in the catalogue of speech models/,
  ],
  [
    'a speech model that is not Bedrock’s',
    { stage: 'dev', stages: { dev: { voiceModelId: 'gpt-realtime' } } },
    /voiceModelId: gpt-realtime is no speech-to-speech model of Bedrock/,
  ],
  [
    'an isolation nobody offers',
    { stage: 'dev', stages: { dev: { knowledgeIsolation: 'none' } } },
    /knowledgeIsolation/,
  ],
])('%s is refused by name', (_, context, message) => {
  expect(() => stageConfig(context, commit, TODAY)).toThrow(message);
});

test('a speech model can be named from the day it is there', () => {
  const context = { stage: 'dev', stages: { dev: { voiceModelId: 'amazon.nova-2-5-sonic' } } };
  expect(() => stageConfig(context, commit, Date.UTC(2026, 9, 4))).toThrow(/available from 2026-10-05 on, not before/);
  expect(stageConfig(context, commit, Date.UTC(2026, 9, 5)).voiceModelId).toBe('amazon.nova-2-5-sonic');
});

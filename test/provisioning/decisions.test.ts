import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../shared/building/building.ts';
import { agentAllowances, agentTrust } from '../../shared/provisioning/agent-roles.ts';
import { decideIngestion, type FileState } from '../../shared/provisioning/check-ingestion.ts';
import { planRuntime } from '../../shared/provisioning/check-runtime.ts';
import { planCompensation } from '../../shared/provisioning/compensate.ts';
import type { DocumentState } from '../../shared/provisioning/knowledge-engine.ts';
import { endedStep, startedStep } from '../../shared/provisioning/provisioning-task.ts';
import { clientToken, roleName, runtimeName } from '../../shared/provisioning/resource-names.ts';
import { planSidecars, sidecarOf } from '../../shared/provisioning/sidecars.ts';
import { InvokeAgentCreatorInput } from '../../shared/provisioning/task-contract.ts';
import { AGENT, KEY, newAgent, USER } from './support/world.ts';

const file = (path: string, description?: string) => ({
  path,
  sizeBytes: 1,
  contentType: 'text/plain',
  status: 'stored' as const,
  ...(description === undefined ? {} : { description }),
});

describe('sidecars', () => {
  test('hold the tenant and the agent whatever the description says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (description) => {
        const text = sidecarOf(KEY, file('a/b.md', description));
        const { metadataAttributes } = JSON.parse(text) as { metadataAttributes: Record<string, string> };
        expect(metadataAttributes).toMatchObject({ userId: USER, agentId: AGENT, path: 'a/b.md' });
        expect(Buffer.byteLength(JSON.stringify(metadataAttributes))).toBeLessThanOrEqual(1000);
        expect(description.startsWith(metadataAttributes.description ?? '')).toBe(true);
      }),
    );
  });

  test('are written once, and leave when their file does', () => {
    const body = sidecarOf(KEY, file('kept.md'));
    const stored = [
      { key: `${USER}/${AGENT}/gone.md`, sizeBytes: 1, etag: 'x' },
      { key: `${USER}/${AGENT}/gone.md.metadata.json`, sizeBytes: 1, etag: 'x' },
      { key: `${USER}/${AGENT}/kept.md`, sizeBytes: 1, etag: 'x' },
      {
        key: `${USER}/${AGENT}/kept.md.metadata.json`,
        sizeBytes: 1,
        etag: createHash('md5').update(body).digest('hex'),
      },
    ];
    expect(planSidecars(KEY, [file('kept.md'), file('new.md')], stored)).toEqual({
      write: [{ key: `${USER}/${AGENT}/new.md.metadata.json`, body: sidecarOf(KEY, file('new.md')) }],
      remove: [`${USER}/${AGENT}/gone.md`, `${USER}/${AGENT}/gone.md.metadata.json`],
    });
  });
});

describe('an ended ingestion', () => {
  const statuses = ['indexed', 'under-way', 'failed', 'ignored', 'partly-indexed', 'deleting', 'absent'] as const;
  const states = fc.array(fc.constantFrom(...statuses), { maxLength: 12 });
  const jobs = fc.constantFrom('complete', 'failed', 'stopped');

  test('is ready only when every file is indexed', () => {
    fc.assert(
      fc.property(states, jobs, (found, status) => {
        const files = found.map(
          (state, index): FileState => ({
            file: file(`f${index}.md`),
            state: { status: state } satisfies DocumentState,
          }),
        );
        const verdict = decideIngestion({ status, reasons: [] }, files);
        if (verdict.kind === 'ready') expect(new Set(found)).toEqual(new Set(found.length > 0 ? ['indexed'] : []));
        if (verdict.kind === 'pending')
          expect(found.some((one) => one === 'under-way' || one === 'deleting')).toBe(true);
        if (verdict.kind === 'failed') expect(verdict.reason.length).toBeGreaterThan(20);
      }),
    );
  });
});

describe('the line of a step', () => {
  test('polls do not count as attempts, retries and new visits do', () => {
    const first = startedStep('CheckCode', undefined, 0, 1000);
    const polled = startedStep('CheckCode', first, 0, 2000);
    const retried = startedStep('CheckCode', polled, 1, 3000);
    const ended = endedStep(retried, { progress: 'settled' }, 4000);
    const again = startedStep('CheckCode', ended, 0, 5000, 9000);
    expect([first, polled, retried, ended, again]).toEqual([
      { step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: 1000 },
      { step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: 1000 },
      { step: 'CheckCode', status: 'running', attempt: 2, startedAtMs: 3000 },
      { step: 'CheckCode', status: 'succeeded', attempt: 2, startedAtMs: 3000, endedAtMs: 4000 },
      { step: 'CheckCode', status: 'running', attempt: 3, startedAtMs: 5000, busyUntilMs: 9000 },
    ]);
  });

  test('a poll that found nothing new writes nothing', () => {
    const line = { step: 'CheckCode', status: 'running', attempt: 1, startedAtMs: 1, detail: 'Waiting.' } as const;
    expect(endedStep(line, { progress: 'waiting', detail: 'Waiting.' }, 2)).toBeUndefined();
  });
});

test('an agent may read its own objects, retrieve from its own knowledge base, call its model, write its log, and speak if it has a voice', () => {
  const scope = {
    partition: 'aws',
    region: 'us-east-1',
    accountId: '111122223333',
    userId: USER,
    agentId: AGENT,
    codeBucket: 'code',
    knowledgeBucket: 'knowledge',
    bedrockKnowledgeBaseId: 'KB12345678',
    modelId: 'us.amazon.nova-2-lite-v1:0',
    runtimeName: runtimeName('dev', AGENT),
    providerFunction: 'oratio-dev-speak-to-provider',
    speech: undefined,
  };
  const speech = { speechModelId: 'amazon.nova-2-sonic-v1:0', keepCallFunction: 'oratio-dev-keep-call' };
  const ofSpeaking = agentAllowances({ ...scope, speech }).filter(({ Sid }) => /Speak|Keep/.test(Sid));
  expect(ofSpeaking.map(({ Action, Resource }) => [...Action, ...Resource])).toEqual([
    [
      'bedrock:InvokeModel',
      'bedrock:InvokeModelWithBidirectionalStream',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-sonic-v1:0',
    ],
    ['transcribe:StartStreamTranscription', 'polly:SynthesizeSpeech', '*'],
    ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:111122223333:function:oratio-dev-keep-call'],
  ]);
  expect(agentAllowances(scope).map(({ Action, Resource }) => [Action.join(' '), ...Resource])).toEqual([
    ['s3:GetObject', `arn:aws:s3:::code/${USER}/${AGENT}/*`, `arn:aws:s3:::knowledge/${USER}/${AGENT}/*`],
    ['bedrock:Retrieve', 'arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678'],
    [
      'bedrock:InvokeModel bedrock:InvokeModelWithResponseStream',
      'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-2-lite-v1:0',
      'arn:aws:bedrock:*::foundation-model/amazon.nova-2-lite-v1:0',
    ],
    ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:111122223333:function:oratio-dev-speak-to-provider'],
    ['logs:DescribeLogGroups', 'arn:aws:logs:us-east-1:111122223333:log-group:*'],
    [
      'logs:CreateLogGroup logs:DescribeLogStreams logs:CreateLogStream logs:PutLogEvents',
      `arn:aws:logs:us-east-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes/${runtimeName('dev', AGENT)}-*`,
    ],
  ]);
  expect(agentTrust(scope).Statement[0]?.Condition).toEqual({
    StringEquals: { 'aws:SourceAccount': '111122223333' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:bedrock-agentcore:us-east-1:111122223333:*' },
  });
});

test('compensation never touches the runtime or the knowledge base of an agent that serves', () => {
  const line = (step: string, status: 'running' | 'succeeded' | 'failed') => ({
    step,
    status,
    attempt: 1,
    startedAtMs: 1,
  });
  const statuses = fc.constantFrom('running', 'succeeded', 'failed');
  const steps = fc.dictionary(
    fc.constantFrom('ProvisionKnowledgeBase', 'InvokeAgentCreator', 'DeployAgentCore', 'CheckRuntime'),
    statuses,
  );
  fc.assert(
    fc.property(steps, fc.boolean(), (found, approved) => {
      const lines = Object.fromEntries(Object.entries(found).map(([step, status]) => [step, line(step, status)]));
      const provisioning = { ...newAgent().provisioning, steps: lines };
      const plan = planCompensation({ activeVersion: 1, provisioning }, {}, approved);
      expect(plan.filter((undo) => undo === 'remove-runtime' || undo === 'remove-knowledge')).toEqual([]);
    }),
  );
});

test('a runtime that failed says why', () => {
  expect(planRuntime({ status: 'create-failed', failureReason: 'No entry point.' }, undefined, false)).toEqual({
    kind: 'fail',
    reason: 'AgentCore could not run the agent. No entry point. Retry; if that fails, tell the operator.',
  });
});

test('names fit their services', () => {
  expect(runtimeName('production123', AGENT)).toMatch(/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/);
  expect(roleName('oratio-production', AGENT).length).toBeLessThanOrEqual(64);
  expect(clientToken('a', 1)).toMatch(/^[a-f0-9]{64}$/);
  expect(clientToken('a', 1)).not.toBe(clientToken('a1'));
});

test('findings survive the way through the state machine', () => {
  const findings: Finding[] = [
    { rule: 'types', message: 'No.', file: 'agent_file.ts', line: 3, column: 1, severity: 'error' },
  ];
  const parsed = InvokeAgentCreatorInput.parse({ ...KEY, version: 1, run: 1, attempt: 2, findings });
  expect(parsed.findings).toEqual(findings);
});

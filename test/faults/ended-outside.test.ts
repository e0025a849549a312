import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProvisioningStep } from '../../shared/provisioning/provisioning.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

/** Nobody compensates an execution that was stopped from outside: what it made must still be found. */
describe('an execution aborted in the console', () => {
  let harness: Harness;
  let client: PatientClient;
  let sfn: SFNClient;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(10), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'impatient');
    sfn = new SFNClient(harness.aws);
    before = await harness.cloud.inventory();
  });
  afterAll(async () => {
    sfn?.destroy();
    await harness?.stop();
  });

  const createAndAbort = async (step: ProvisioningStep): Promise<string> => {
    const agentId = await client.create(`aborted-${step}-${Math.random()}`);
    await client.at(agentId, step);
    const machine = String(harness.cloud.outputs.StateMachineArn);
    const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${agentId}-v1-r1`;
    await sfn.send(new StopExecutionCommand({ executionArn, cause: 'Stopped by hand.' }));
    return agentId;
  };

  it.each(['ProvisionKnowledgeBase', 'CheckCode', 'DeployAgentCore', 'CheckRuntime'] as const)(
    'during %s is recorded, and the retry makes the agent active',
    async (step) => {
      const agentId = await createAndAbort(step);
      const failed = await client.settle(agentId);
      expect(failed).toMatchObject({
        status: 'failed',
        statusReason: { code: 'provisioning-failed', message: expect.stringContaining('Retry') },
        provisioning: { status: 'failed' },
      });
      const retried = await client.retry(agentId);
      expect(retried.status).toBe(202);
      expect(await client.settle(agentId)).toMatchObject({ status: 'active', activeVersion: 1 });
      await client.remove(agentId);
      await expectNoOrphans(harness, before);
    },
  );

  it.each(['ProvisionKnowledgeBase', 'InvokeAgentCreator', 'DeployAgentCore', 'CheckRuntime'] as const)(
    'during %s and then deleted leaves nothing behind',
    async (step) => {
      await client.remove(await createAndAbort(step));
      await expectNoOrphans(harness, before);
    },
  );

  it('while it deploys is taken up by the retry from there: what was done before is not done again', async () => {
    const agentId = await createAndAbort('DeployAgentCore');
    await client.settle(agentId);
    harness.cloud.trace.clear();
    const retried = await client.retry(agentId);
    expect(retried).toMatchObject({ status: 202 });
    expect(await client.settle(agentId)).toMatchObject({ status: 'active', provisioning: { run: 2 } });
    const done = /^(CreateKnowledgeBase|CreateDataSource|CreateIndex|StartIngestionJob|InvokeAgentRuntime|Converse)$/;
    const repeated = harness.cloud.trace.entries().filter(({ operation }) => done.test(operation));
    expect(repeated).toEqual([]);
    expect(harness.cloud.trace.entries().map(({ operation }) => operation)).toContain('CreateAgentRuntimeEndpoint');
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });
});

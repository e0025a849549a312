import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudChild, startCloudChild } from './support/cloud-child.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

describe('the embedded cloud, killed with `kill -9`', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'oratio-kill-'));
  const startedAtMs = Date.now();
  let cloud: CloudChild;
  let client: PatientClient;
  let before: readonly string[];

  const start = async (): Promise<void> => {
    cloud = await startCloudChild(dataDir, startedAtMs);
    client = await PatientClient.signIn({ cloud, tokenOf: cloud.tokenOf }, 'survivor');
  };

  beforeAll(async () => {
    await start();
    before = await cloud.inventory();
  });
  afterAll(async () => {
    await cloud?.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['ProvisionKnowledgeBase', 'InvokeAgentCreator', 'CheckCode', 'DeployAgentCore', 'ActivateAgent'])(
    'while an agent is at %s, takes the run up again at the next start',
    async (step) => {
      const agentId = await client.create(`killed-${step}`);
      await client.at(agentId, step);
      await cloud.kill();
      await start();
      expect(await client.settle(agentId)).toMatchObject({ status: 'active', activeVersion: 1 });
      await client.remove(agentId);
      await expectNoOrphans({ cloud, tokenOf: cloud.tokenOf }, before);
    },
  );

  it('while an agent is deleted, goes on deleting at the next start', async () => {
    const agentId = await client.create('killed-in-deletion');
    await client.settle(agentId);
    expect((await client.request('DELETE', `/api/v1/agents/${agentId}`)).status).toBe(202);
    await cloud.kill();
    await start();
    await client.gone(agentId);
    await expectNoOrphans({ cloud, tokenOf: cloud.tokenOf }, before);
  });
});

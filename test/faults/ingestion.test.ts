import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIKE_SHOP, formOf } from '../e2e/support/business.ts';
import { type Harness, startHarness } from '../e2e/support/harness.ts';
import { hurriedClock } from './support/hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './support/shop.ts';

/** Begins as a PDF does, and holds nothing that a reader could read. */
const BROKEN_PDF = '%PDF-1.7\nthis is where the document should be\n%%EOF\n';

describe('documents that cannot be read', () => {
  let harness: Harness;
  let client: PatientClient;
  let before: readonly string[];

  beforeAll(async () => {
    harness = await startHarness({ clock: hurriedClock(20), warmFunctions: 40 });
    client = await PatientClient.signIn(harness, 'scanner');
    before = await harness.cloud.inventory();
  });
  afterAll(() => harness?.stop());

  it('one of several: the run fails, names the file, and is retried once the file is replaced', async () => {
    const agentId = await client.create('one-broken', () =>
      formOf(BIKE_SHOP, {
        descriptions: { ...BIKE_SHOP.descriptions, 'offer.pdf': 'Offers' },
        files: { ...BIKE_SHOP.files, 'offer.pdf': BROKEN_PDF },
      }),
    );
    const failed = await client.settle(agentId);
    expect(failed).toMatchObject({
      status: 'failed',
      statusReason: { code: 'ingestion-failed', step: 'CheckIngestion', message: expect.stringContaining('offer.pdf') },
    });
    const changed = await client.request('PATCH', `/api/v1/agents/${agentId}`, () => ({ removeFiles: ['offer.pdf'] }));
    expect(changed.status).toBe(202);
    expect(await client.settle(agentId)).toMatchObject({ status: 'active' });
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });

  it('all of them: the run fails and nothing remains after deletion', async () => {
    const agentId = await client.create('all-broken', () =>
      formOf(BIKE_SHOP, { descriptions: { 'offer.pdf': 'Offers' }, files: { 'offer.pdf': BROKEN_PDF } }),
    );
    expect(await client.settle(agentId)).toMatchObject({
      status: 'failed',
      statusReason: { code: 'ingestion-failed' },
    });
    await client.remove(agentId);
    await expectNoOrphans(harness, before);
  });
});

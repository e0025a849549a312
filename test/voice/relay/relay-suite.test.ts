import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_COST } from '../../../shared/calls/prices.ts';
import { systemClock } from '../support/direct-host.ts';
import { startRelayHost } from '../support/relay-host.ts';
import { scriptedBrain } from '../support/scripted-brain.ts';
import { toneEngine } from '../support/tone-engine.ts';
import { describeTransport } from '../support/transport-suite.ts';

const clock = { ...systemClock, advance: systemClock.sleep, until: <T>(work: Promise<T>) => work };

let host: Awaited<ReturnType<typeof startRelayHost>>;

beforeAll(async () => {
  host = await startRelayHost({
    voices: () => ({
      engines: () => [{ engine: toneEngine(), modelId: 'tone', voiceFor: ({ voice }) => voice }],
      pricing: () => ({ ofUsage: () => NO_COST, ofCarriage: () => NO_COST }),
    }),
    brain: () => scriptedBrain({ clock, self: { greeting: 'Hello.' } }),
  });
});
afterAll(() => host?.stop());

describe('the relay', () => {
  describeTransport({ newCall: () => host.newCall() });

  test('no owner has failed in any of these calls', () => {
    expect(host.failures).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallCost, COST_LEGS } from '../../shared/calls/call.ts';
import {
  addCosts,
  addUsage,
  costOfTransport,
  costOfUsage,
  NO_COST,
  NO_TRANSPORT,
  NO_USAGE,
  type Tariff,
  totalMicroUsd,
} from '../../shared/calls/prices.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');
const SONIC: Tariff = {
  modelId: 'amazon.nova-2-sonic-v1:0',
  speechToText: 'transcribe',
  textToSpeech: 'polly-neural',
};

describe('the price of a call', () => {
  it('is that of the tokens of the model', () => {
    const usage = { inputSpeechTokens: 1000, inputTextTokens: 1000, outputSpeechTokens: 500, outputTextTokens: 100 };
    expect(costOfUsage(usage, SONIC, NOW)).toEqual({ ...NO_COST, model: 3000 + 330 + 6000 + 275 });
  });

  it('is that of seconds heard and characters spoken in a cascade, besides its language model', () => {
    const usage = { ...NO_USAGE, inputTextTokens: 100, transcribedSeconds: 60, synthesizedCharacters: 200 };
    expect(costOfUsage(usage, { ...SONIC, modelId: 'us.amazon.nova-lite-v1:0' }, NOW)).toEqual({
      ...NO_COST,
      model: 6,
      speech: 24_000 + 3200,
    });
  });

  it('is dear when nobody knows the model', () => {
    const usage = { ...NO_USAGE, inputTextTokens: 1000, outputTextTokens: 1000 };
    expect(costOfUsage(usage, { ...SONIC, modelId: 'my-own-llama' }, NOW).model).toBe(30_000);
  });

  it('has what carried it: messages and connection, memory and time, begun minutes of the phone', () => {
    const counters = {
      ...NO_TRANSPORT,
      webSocketMessages: 1200,
      webSocketConnectionMs: 120_000,
      lambdaRequests: 600,
      lambdaGbSeconds: 61,
      phoneInboundMs: 61_000,
      phoneStreamMs: 60_000,
    };
    expect(costOfTransport(counters, NOW)).toEqual({
      ...NO_COST,
      transport: 1201,
      compute: 934,
      telephony: 17_000 + 4000,
    });
  });
});

const count = fc.oneof(fc.nat(1_000_000), fc.double({ min: 0, max: 1e6, noNaN: true }));
const anyUsage = fc.record({
  inputSpeechTokens: fc.nat(100_000),
  inputTextTokens: fc.nat(100_000),
  outputSpeechTokens: fc.nat(100_000),
  outputTextTokens: fc.nat(100_000),
  transcribedSeconds: count,
  synthesizedCharacters: fc.nat(100_000),
});
const isMoney = (cost: CallCost): boolean => COST_LEGS.every((leg) => Number.isInteger(cost[leg]) && cost[leg] >= 0);

describe('every price', () => {
  it('is made of whole micro-dollars, never negative, and its legs add up', () => {
    const anyCounters = fc.record(
      Object.fromEntries(
        Object.keys(NO_TRANSPORT).map((name) => [name, fc.oneof(count, fc.constantFrom(-1, Number.NaN))]),
      ),
    );
    fc.assert(
      fc.property(anyUsage, anyCounters, (usage, counters) => {
        const used = costOfUsage(usage, SONIC, NOW);
        const carried = costOfTransport({ ...NO_TRANSPORT, ...counters }, NOW);
        const cost = addCosts(used, carried);
        expect([used, carried, cost].every(isMoney)).toBe(true);
        expect(totalMicroUsd(cost)).toBe(totalMicroUsd(used) + totalMicroUsd(carried));
      }),
    );
  });

  it('grows with use, and of a sum is that of the parts but for a micro-dollar of rounding a leg', () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, (first, second) => {
        const whole = costOfUsage(addUsage(first, second), SONIC, NOW);
        const parts = addCosts(costOfUsage(first, SONIC, NOW), costOfUsage(second, SONIC, NOW));
        for (const leg of COST_LEGS) {
          expect(parts[leg] - whole[leg]).toBeGreaterThanOrEqual(0);
          expect(parts[leg] - whole[leg]).toBeLessThanOrEqual(1);
        }
        expect(totalMicroUsd(whole)).toBeGreaterThanOrEqual(totalMicroUsd(costOfUsage(first, SONIC, NOW)));
      }),
    );
  });
});

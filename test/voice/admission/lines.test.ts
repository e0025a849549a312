import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  type Lines,
  liveLines,
  NO_LINES,
  releaseLine,
  renewLine,
} from '../../../shared/voice/admission/lines.ts';

const CAP = 10;
const HOLD_MS = 15_000;

const ask = (lines: Lines, lineId: string, userId: string, nowMs = 0, cap = CAP) =>
  admit(lines, { lineId, userId, untilMs: nowMs + HOLD_MS, mayWait: true }, cap, nowMs);

const take = (lines: Lines, userId: string, count: number, nowMs = 0): Lines =>
  Array.from({ length: count }).reduce<Lines>(
    (all, _, index) => ask(all, `${userId}-${index}`, userId, nowMs).lines,
    lines,
  );

const action = fc.record({
  kind: fc.constantFrom('admit', 'admit', 'admit', 'renew', 'release', 'extra'),
  line: fc.nat({ max: 30 }),
  tenant: fc.nat({ max: 4 }),
  afterMs: fc.nat({ max: 6000 }),
});

describe('the lines of an account', () => {
  it('never has more live lines than the cap, whatever happens in which order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (actions, cap) => {
        let lines = NO_LINES;
        let nowMs = 0;
        for (const { kind, line, tenant, afterMs } of actions) {
          nowMs += afterMs;
          const lineId = `t${tenant}-${line}`;
          const untilMs = nowMs + HOLD_MS;
          if (kind === 'renew') lines = renewLine(lines, { lineId, untilMs }, nowMs).lines;
          else if (kind === 'release') lines = releaseLine(lines, lineId, nowMs);
          else
            lines = admit(
              lines,
              { lineId, userId: `t${tenant}`, untilMs, mayWait: kind === 'admit' },
              cap,
              nowMs,
            ).lines;
          expect(liveLines(lines, nowMs)).toBeLessThanOrEqual(cap);
          expect(lines.waiting.filter((caller) => lines.lines[caller.lineId])).toEqual([]);
        }
      }),
    );
  });

  it('leaves a tenth free for newcomers once tenants compete, and gives a newcomer any line that is free', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 3, max: 30 }), (greed, cap) => {
        let lines = ask(NO_LINES, 'other', 'other', 0, cap).lines;
        for (let i = 0; i < greed; i++) {
          lines = admit(lines, { lineId: `g-${i}`, userId: 'greedy', untilMs: 1, mayWait: false }, cap, 0).lines;
        }
        const free = cap - liveLines(lines, 0);
        const isOverShare = cap - free - 1 > Math.ceil(cap / 2);
        expect(!isOverShare || free >= Math.max(1, Math.ceil(cap / 10))).toBe(true);
        expect(ask(lines, 'modest', 'modest', 0, cap).outcome).toBe(free > 0 ? 'admitted' : 'queued');
      }),
    );
  });

  it('lets a tenant exceed its share only while a tenth of the lines stays free', () => {
    const two = take(take(NO_LINES, 'b', 1), 'a', 9);
    expect({
      a: Object.values(two.lines).filter(({ userId }) => userId === 'a').length,
      waits: two.waiting.length,
    }).toEqual({ a: 8, waits: 1 });
    expect(ask(two, 'b-9', 'b').outcome).toBe('admitted');
  });

  it('keeps the order of the queue and moves up when a line is given back', () => {
    const full = take(NO_LINES, 'a', CAP);
    const first = ask(full, 'x', 'a');
    const second = ask(first.lines, 'y', 'a');
    const freed = releaseLine(second.lines, 'a-0', 0);
    expect(
      [first, second, ask(freed, 'y', 'a'), ask(ask(freed, 'x', 'a').lines, 'y', 'a')].map((admission) =>
        admission.outcome === 'queued' ? admission.position : admission.outcome,
      ),
    ).toEqual([1, 2, 2, 1]);
    expect(ask(freed, 'x', 'a').outcome).toBe('admitted');
  });

  it('frees a line that is not renewed, and a place in the queue that is not asked for again', () => {
    const full = ask(take(NO_LINES, 'a', CAP), 'x', 'a').lines;
    const renewed = renewLine(full, { lineId: 'a-1', untilMs: 2 * HOLD_MS }, 1000);
    expect({
      renewed: renewed.renewed,
      later: ask(renewed.lines, 'z', 'a', HOLD_MS).lines,
      tooLate: renewLine(full, { lineId: 'a-1', untilMs: 3 * HOLD_MS }, HOLD_MS).renewed,
    }).toEqual({
      renewed: true,
      later: {
        lines: {
          'a-1': { userId: 'a', untilMs: 2 * HOLD_MS },
          z: { userId: 'a', untilMs: 2 * HOLD_MS },
        },
        waiting: [],
      },
      tooLate: false,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_COST } from '../../shared/calls/prices.ts';
import {
  afterNews,
  type CallTransfer,
  TRANSFER_STATUSES,
  type TransferNews,
  UNANSWERED,
} from '../../shared/transfer/call-transfer.ts';
import { mayDial } from '../../shared/transfer/dial-policy.ts';
import { type NextAsked, nextOfCall } from '../../shared/transfer/next-of-call.ts';
import { costAfter } from '../../shared/transfer/transfer-cost.ts';
import { isAnswered, TransferSettings } from '../../shared/transfer/transfer-settings.ts';

const DIALLING: CallTransfer = {
  epoch: 2,
  status: 'dialling',
  to: '+12025550142',
  ringSeconds: 25,
  startedAtMs: 1000,
};
const ANSWERED: CallTransfer = { ...DIALLING, status: 'answered', answeredAtMs: 5000 };

describe('where calls may be passed on to', () => {
  it.each([
    ['+12025550142', ['+1'], true],
    ['+442071234567', ['+1'], false],
    ['+442071234567', ['+1', '+44'], true],
    ['+19005550142', ['+1'], false],
    ['+18095550142', ['+1'], false],
    ['+18095550142', ['+1', '+1809'], true],
    ['+4490912345678', ['+44'], false],
    ['+881612345678', ['+1', '+44'], false],
  ])('%s under %j: %s', (number, allowed, may) => {
    expect(mayDial(number, allowed)).toBe(may);
  });
});

describe('the hours in which people answer', () => {
  const hours = (fields: object) =>
    TransferSettings.parse({ phoneNumber: '+12025550142', hours: { opens: '09:00', closes: '17:00', ...fields } })
      .hours;
  // A Saturday.
  const at = (time: string) => Date.parse(`2026-11-21T${time}:00Z`);

  it('are told in their own time zone', () => {
    const berlin = hours({ timeZone: 'Europe/Berlin' });
    expect([at('07:59'), at('08:00'), at('15:59'), at('16:00')].map((ms) => isAnswered(berlin, ms))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('have days, and nights that belong to the day before', () => {
    const nights = hours({ days: ['FRIDAY'], opens: '20:00', closes: '02:00' });
    expect({
      always: isAnswered(undefined, at('03:00')),
      weekdays: isAnswered(hours({ days: ['MONDAY'] }), at('10:00')),
      night: [at('01:59'), at('02:00'), at('21:00')].map((ms) => isAnswered(nights, ms)),
    }).toEqual({ always: true, weekdays: false, night: [true, false, false] });
  });

  it('are refused in a time zone that there is not', () => {
    const settings = { hours: { timeZone: 'Mars/Olympus', opens: '09:00', closes: '17:00' } };
    expect(TransferSettings.safeParse(settings).success).toBe(false);
  });
});

describe('a transfer', () => {
  it('is answered, and over with how long they spoke', () => {
    const answered = afterNews(DIALLING, { kind: 'answered' }, 5000);
    expect({ answered, ended: answered && afterNews(answered, { kind: 'talked', talkedMs: 60_000 }, 65_000) }).toEqual({
      answered: ANSWERED,
      ended: { ...ANSWERED, status: 'ended', endedAtMs: 65_000 },
    });
  });

  it('of which nobody has told that it was answered counts what was talked', () => {
    expect(afterNews(DIALLING, { kind: 'talked', talkedMs: 10_000 }, 20_000)).toEqual({
      ...DIALLING,
      status: 'ended',
      answeredAtMs: 10_000,
      endedAtMs: 20_000,
    });
  });

  it('once over stays as it is, whatever is told in whatever order', () => {
    const news: fc.Arbitrary<TransferNews> = fc.oneof(
      fc.constant<TransferNews>({ kind: 'answered' }),
      fc.record({ kind: fc.constant('talked' as const), talkedMs: fc.nat(100_000) }),
      fc.record({ kind: fc.constant('unanswered' as const), outcome: fc.constantFrom(...UNANSWERED) }),
    );
    fc.assert(
      fc.property(fc.array(news, { maxLength: 6 }), (told) => {
        let transfer = DIALLING;
        let ends = 0;
        told.forEach((one, index) => {
          const next = afterNews(transfer, one, 2000 + index);
          if (next?.endedAtMs !== undefined) ends += 1;
          // It never goes back: neither rings anew nor is unanswered once somebody answered.
          if (next !== undefined) {
            expect(TRANSFER_STATUSES.indexOf(next.status)).toBeGreaterThan(TRANSFER_STATUSES.indexOf(transfer.status));
            expect(transfer.status === 'answered' && next.status === 'unanswered').toBe(false);
          }
          transfer = next ?? transfer;
        });
        expect(ends).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('costs the caller’s line while it lasts, and the person’s while they speak, by begun minutes', () => {
    const ended = { ...ANSWERED, status: 'ended', endedAtMs: 66_000 } as const;
    const unanswered = { ...DIALLING, status: 'unanswered', endedAtMs: 26_000 } as const;
    const before = { ...NO_COST, model: 5, telephony: 100 };
    const minute = costAfter(NO_COST, unanswered, 'inbound').telephony;
    const outMinute = costAfter(NO_COST, unanswered, 'outbound').telephony;
    expect({
      unanswered: costAfter(before, unanswered, 'inbound'),
      ended: costAfter(before, ended, 'inbound'),
      ringing: costAfter(before, DIALLING, 'inbound'),
    }).toEqual({
      unanswered: { ...before, telephony: 100 + minute },
      ended: { ...before, telephony: 100 + 2 * minute + 2 * outMinute },
      ringing: before,
    });
  });
});

describe('how a phone call goes on', () => {
  const asked = (fields: Partial<NextAsked> = {}): NextAsked => ({ isCallerThere: true, nowMs: 30_000, ...fields });
  const parked = (transfer = DIALLING) => ({ status: 'parked' as const, claimedEpoch: 2, transfer });

  it('after its stream, put through: the person is dialled, and asked again the same', () => {
    const first = nextOfCall(parked(), asked());
    expect([first, nextOfCall(parked(), asked())]).toEqual([
      { next: 'dial', transfer: DIALLING },
      { next: 'dial', transfer: DIALLING },
    ]);
  });

  it('nobody is dialled for a caller who is gone, nor twice once somebody answered', () => {
    expect({
      gone: nextOfCall(parked(), asked({ isCallerThere: false })).next,
      answered: nextOfCall(parked(ANSWERED), asked()).next,
      agents: nextOfCall({ status: 'open', claimedEpoch: 2 }, asked()).next,
      nobodys: nextOfCall(undefined, asked()).next,
    }).toEqual({ gone: 'end', answered: 'hang-up', agents: 'hang-up', nobodys: 'hang-up' });
  });

  it.each(UNANSWERED)('%s: the caller goes back to the agent', (dialStatus) => {
    const unanswered = { ...DIALLING, status: 'unanswered', outcome: dialStatus, endedAtMs: 30_000 };
    expect({
      there: nextOfCall(parked(), asked({ epoch: 2, dialStatus })),
      gone: nextOfCall(parked(), asked({ epoch: 2, dialStatus, isCallerThere: false })),
      another: nextOfCall(parked(), asked({ epoch: 1, dialStatus })),
    }).toEqual({
      there: { next: 'give-back', transfer: unanswered },
      gone: { next: 'end', transfer: unanswered },
      another: { next: 'hang-up' },
    });
  });

  it('whose answer was lost: the same stream is offered again, until somebody has claimed the call', () => {
    const back = { ...DIALLING, status: 'unanswered' as const };
    const again = asked({ epoch: 2, dialStatus: 'busy' });
    expect({
      lost: nextOfCall({ status: 'open', claimedEpoch: 2, transfer: back }, again),
      claimed: nextOfCall({ status: 'open', claimedEpoch: 3, transfer: back }, again),
      ended: nextOfCall({ status: 'ended', claimedEpoch: 2, transfer: ANSWERED }, again),
    }).toEqual({ lost: { next: 'stream' }, claimed: { next: 'hang-up' }, ended: { next: 'conclude' } });
  });

  it('who hangs up on the way back leaves nothing open, unless somebody has claimed the call', () => {
    const back = { ...DIALLING, status: 'unanswered' as const };
    const gone = asked({ isCallerThere: false });
    expect({
      unclaimed: nextOfCall({ status: 'open', claimedEpoch: 2, transfer: back }, gone),
      claimed: nextOfCall({ status: 'open', claimedEpoch: 3, transfer: back }, gone),
    }).toEqual({ unclaimed: { next: 'leave' }, claimed: { next: 'hang-up' } });
  });

  it('who has spoken with the person is done', () => {
    expect(nextOfCall(parked(ANSWERED), asked({ epoch: 2, dialStatus: 'completed', talkedMs: 25_000 }))).toEqual({
      next: 'end',
      transfer: { ...ANSWERED, status: 'ended', endedAtMs: 30_000 },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { scriptedCall } from '../support/scripted-call.ts';

describe('a call', () => {
  it('is greeted, answered and ended by the caller; the record has it all', async () => {
    const call = scriptedCall();
    const owner = call.start();
    await call.clock.advance(8000);
    const said = call.line.say('what is your return policy');
    await call.clock.until(said, 10_000);
    await call.clock.advance(9000);
    call.line.tell({ type: 'session.end' });
    const outcome = await call.clock.until(owner.outcome, 10_000);
    expect({
      outcome,
      entries: call.book
        .entries()
        .map((entry) => (entry.kind === 'turn' ? [entry.turnNumber, entry.role, entry.text] : entry)),
      finished: call.book.finished,
      closes: call.line.closes,
      logs: call.logs,
    }).toEqual({
      outcome: { how: 'ended', reason: 'client-ended' },
      entries: [
        [0, 'assistant', 'Hello, this is Cozy Comfort. How can I help you?'],
        [1, 'user', 'what is your return policy'],
        [1, 'assistant', 'You said what is your return policy.'],
      ],
      finished: [{ status: 'completed', reason: 'client-ended' }],
      closes: [{ epoch: 1, code: 1000 }],
      logs: [{ code: 'voice.session.ended', error: undefined }],
    });
  });
});

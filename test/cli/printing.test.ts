import { describe, expect, it } from 'vitest';
import { callText } from '../../cli/commands/calls.ts';
import { eventLine } from '../../cli/commands/logs.ts';
import { lineOf } from '../../cli/commands/talk.ts';
import { styleFor } from '../../cli/terminal/style.ts';

const plain = styleFor({ env: {} }, false);
const money = (microUsd: number) => ({ microUsd, usd: microUsd / 1_000_000 });

describe('what people read', () => {
  it('of a call: facts, then everything in its order', () => {
    const call = {
      callId: 'c-1',
      agentId: 'a-1',
      status: 'completed',
      createdAtMs: 1_795_000_000_000,
      durationMs: 65_000,
      endReason: 'client-ended',
      failure: null,
      fromNumber: '+4930123',
      latency: { turns: 2, p50Ms: 640, p95Ms: 1_210 },
      cost: { total: money(12_345), legs: { speech: money(12_345), tools: money(0) } },
      transcript: [
        { startMs: 200, role: 'assistant', text: 'Welcome.', interrupted: false },
        { startMs: 3_100, role: 'user', text: 'How\nlong?', interrupted: false },
        { startMs: 5_000, role: 'assistant', text: 'For 100', interrupted: true },
      ],
      tools: [{ atMs: 4_000, name: 'search', status: 'success', durationMs: 41 }],
      operatorList: [{ atMs: 4_500, action: 'whisper', operator: 'ada@example.com', text: 'Be brief.' }],
    } as unknown as Parameters<typeof callText>[0];
    expect(callText(call, plain)).toBe(
      [
        'id       c-1',
        'agent    a-1',
        'status   completed',
        'began    2026-11-18 11:06:40',
        'lasted   1 min 5 s',
        'ended    client-ended',
        'caller   +4930123',
        'latency  640 ms (p95 1.2 s)',
        'cost     $0.0123 (speech $0.0123)',
        '',
        '    0.2  agent   Welcome.',
        '    3.1  caller  How long?',
        '    4.0  tool    search success in 41 ms',
        '    4.5  whisper ada@example.com: Be brief.',
        '    5.0  agent   For 100 — (interrupted)',
        '',
      ].join('\n'),
    );
  });

  it('of what happens in a call: a line for each thing, none for guesses and the running meter', () => {
    const at = { seq: 1, atMs: 0 };
    const words = { turn: 1, text: 'For 100 nights.' };
    expect([
      eventLine(
        { ...at, kind: 'transcript', role: 'assistant', stage: 'final', answerLatencyMs: 640, ...words },
        plain,
      ),
      eventLine({ ...at, kind: 'transcript', role: 'assistant', stage: 'speculative', ...words }, plain),
      eventLine({ ...at, kind: 'tool', turn: 1, toolUseId: 't', name: 'search', status: 'started' }, plain),
      eventLine(
        { ...at, kind: 'tool', turn: 1, toolUseId: 't', name: 'search', status: 'success', durationMs: 41 },
        plain,
      ),
      eventLine({ ...at, kind: 'meter', costMicroUsd: 1, elapsedSeconds: 1 }, plain),
      eventLine(
        { ...at, kind: 'operator', action: 'say', commandId: 'x', operator: { id: '1', name: 'Ada' }, text: 'Hi.' },
        plain,
      ),
      eventLine({ ...at, kind: 'ended', status: 'completed', reason: 'client-ended' }, plain),
    ]).toEqual([
      'agent   For 100 nights. (640 ms)',
      undefined,
      undefined,
      'tool    search success in 41 ms',
      undefined,
      'say by Ada: Hi.',
      'ended   completed, client-ended',
    ]);
  });

  it('while they talk', () => {
    const problem = { type: 'problem', code: 'x', title: 'All lines are busy', detail: 'Wait.' };
    expect(lineOf(problem as Parameters<typeof lineOf>[0], plain)).toBe('problem All lines are busy Wait.');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { readInvitation, withoutKey } from '../../web/talk/address.ts';
import { asDollars, asSeconds, asTime, asWords, statusOf } from '../../web/talk/words.ts';
import { NO_CALL, withMessage } from '../../web/voice/call-view.ts';
import { IDLE } from '../../web/voice/session-machine.ts';

type Transcript = Extract<ServerMessage, { type: 'transcript' }>;
const said = (fields: Partial<Transcript>): ServerMessage => ({
  type: 'transcript',
  epoch: 1,
  turn: 1,
  role: 'assistant',
  stage: 'final',
  text: 'x',
  ...fields,
});
const shown = (...messages: readonly ServerMessage[]): string[] =>
  messages
    .reduce(withMessage, NO_CALL)
    .lines.map(({ turn, role, text, stage, interrupted }) =>
      [turn, role, text, stage, ...(interrupted ? ['cut'] : [])].join(' '),
    );

describe('the transcript', () => {
  test('grows, and what is final replaces what was guessed', () => {
    expect(
      shown(
        said({ turn: 0, stage: 'speculative', text: 'Hello.' }),
        said({ turn: 0, stage: 'speculative', text: 'Hello. How are you?' }),
        said({ turn: 0, text: 'Hello. How are you today?' }),
        said({ role: 'user', stage: 'speculative', text: 'As' }),
        said({ role: 'user', stage: 'speculative', text: 'Ask not' }),
        said({ role: 'user', text: 'Ask not what.' }),
        said({ role: 'user', stage: 'speculative', text: 'late' }),
      ),
    ).toEqual(['0 assistant Hello. How are you today? final', '1 user Ask not what. final']);
  });

  test('shows what an agent says while it looks something up, and the answer, each on its own', () => {
    expect(
      shown(
        said({ stage: 'speculative', text: 'One moment.' }),
        said({ text: 'One moment.' }),
        said({ stage: 'speculative', text: 'Sixty days.' }),
        said({ text: 'Sixty days.' }),
        said({ text: 'Sixty days.' }),
      ),
    ).toEqual(['1 assistant One moment. final', '1 assistant Sixty days. final']);
  });

  test('keeps a question before its answer, and marks what was cut off', () => {
    expect(
      shown(
        said({ stage: 'speculative', text: 'You can return it within sixty days' }),
        said({ role: 'user', text: 'May I return it?' }),
        { type: 'interrupted', epoch: 1, turn: 1 },
      ),
    ).toEqual(['1 user May I return it? final', '1 assistant You can return it within sixty days speculative cut']);
    expect(shown(said({ text: 'You can', interrupted: true }))).toEqual(['1 assistant You can final cut']);
  });
});

test('the key is taken from the fragment and does not stay in the address', () => {
  const address = 'https://host/talk?agent=a1#key=ok_1&x=2';
  expect([readInvitation(address), withoutKey(address), withoutKey('https://host/talk#key=k')]).toEqual([
    { agentId: 'a1', key: 'ok_1' },
    '/talk?agent=a1#x=2',
    '/talk',
  ]);
});

test('figures are written as people read them', () => {
  expect([asTime(75), asDollars(12_345), asSeconds(840), asSeconds(undefined), asWords('searchKnowledge')]).toEqual([
    '1:15',
    '$0.0123',
    '0.84 s',
    '–',
    'search knowledge',
  ]);
  expect(statusOf({ ...IDLE, phase: 'queued', queuePosition: 3 })).toBe(
    'All lines are busy. You are number 3 in line; stay on.',
  );
});

/** Relative luminance and contrast of WCAG 2.2. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

test.each([
  ['light', 0],
  ['dark', 1],
])('its colours can be read, %s', (_scheme, index) => {
  const css = readFileSync('web/talk/talk.css', 'utf8');
  const block = [...css.matchAll(/:root \{([^}]*)\}/g)][index]?.[1] ?? '';
  const colour = Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
  );
  const pairs: [front: string, back: string, atLeast: number][] = [
    ...['ink', 'quiet'].flatMap((front) =>
      ['ground', 'surface', 'yours', 'alert'].map((back): [string, string, number] => [front, back, 4.5]),
    ),
    ['on-accent', 'accent', 4.5],
    ['on-danger', 'danger', 4.5],
    ['danger', 'ground', 4.5],
    ['accent', 'ground', 3],
    ['control-edge', 'surface', 3],
  ];
  const weak = pairs.filter(([front, back, atLeast]) => contrast(colour[front] ?? '', colour[back] ?? '') < atLeast);
  expect({ colours: Object.keys(colour).length, weak }).toEqual({ colours: 13 - 1, weak: [] });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../local/core/service.ts';
import { Interruption, type Journal, memoryJournal } from '../../../local/services/states/interpreter/index.ts';
import { definitionOf, jumpingClock, run, type Tasks, task } from './support/machine.ts';

const MACHINE = definitionOf('First', {
  First: { ...task('first', 'Both'), Assign: { first: '{% $states.result %}' } },
  Both: {
    Type: 'Parallel',
    Branches: [
      definitionOf('Left', {
        Left: task('left', 'Pause'),
        Pause: { Type: 'Wait', Seconds: 30, Next: 'LeftAgain' },
        LeftAgain: task('leftAgain'),
      }),
      definitionOf('Each', {
        Each: {
          Type: 'Map',
          Items: [1, 2, 3],
          MaxConcurrency: 2,
          ItemProcessor: definitionOf('Item', { Item: task('item') }),
          End: true,
        },
      }),
    ],
    Next: 'Flaky',
  },
  Flaky: {
    Type: 'Task',
    Resource: 'flaky',
    Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
    Catch: [{ ErrorEquals: ['Busy'], Assign: { gaveUp: true }, Output: '{% $states.input %}', Next: 'Last' }],
    Next: 'Last',
  },
  Last: { ...task('last'), Arguments: { first: '{% $first %}', gaveUp: '{% $gaveUp %}', seen: '{% $states.input %}' } },
});

/** Every task answers from its input alone, so that only the interpreter could make two ends differ. */
const tasksOf = (done: string[]): Tasks => {
  const answer = (name: string) => (input: Json) => {
    done.push(name === 'item' ? `item ${JSON.stringify(input)}` : name);
    return { name, input };
  };
  return {
    ...Object.fromEntries(['first', 'left', 'leftAgain', 'item', 'last'].map((name) => [name, answer(name)])),
    flaky: () => {
      const error = new Error('busy');
      error.name = 'Busy';
      throw error;
    },
  };
};

/** A journal that dies for good at its n-th write, before or after the write is durable. */
const dyingJournal = (inner: Journal, lives: number, after: boolean, die: () => void): Journal => {
  let left = lives;
  return {
    ...inner,
    save: (path, checkpoint) => {
      left -= 1;
      if (left < 0 || (left === 0 && !after)) {
        die();
        throw new Interruption('SUSPENDED');
      }
      inner.save(path, checkpoint);
      if (left > 0) return;
      die();
      throw new Interruption('SUSPENDED');
    },
    dropChildren: (path) => {
      if (left > 0) inner.dropChildren(path);
    },
  };
};

const cutAt = async (journal: Journal, lives: number, after: boolean, done: string[]) => {
  const death = new AbortController();
  const dying = dyingJournal(journal, lives, after, () => death.abort(new Interruption('SUSPENDED')));
  return run({
    definition: MACHINE,
    journal: dying,
    tasks: tasksOf(done),
    clock: jumpingClock(),
    signal: death.signal,
  });
};

test('cut at any writes of its journal and taken up again, an execution ends as it would have', async () => {
  const expected = (await run({ definition: MACHINE, tasks: tasksOf([]) })).end;
  expect(expected.status).toBe('SUCCEEDED');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 24 }), fc.boolean()), { minLength: 1, maxLength: 5 }),
      async (cuts) => {
        const journal = memoryJournal();
        for (const [lives, after] of cuts) await cutAt(journal, lives, after, []);
        const { end } = await run({ definition: MACHINE, journal, tasks: tasksOf([]) });
        expect(end).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

test('what the journal knows to be done is not done again', async () => {
  for (let lives = 1; lives <= 24; lives += 1) {
    const journal = memoryJournal();
    const before: string[] = [];
    await cutAt(journal, lives, true, before);
    const after: string[] = [];
    await run({ definition: MACHINE, journal, tasks: tasksOf(after) });
    // Up to three tasks (a branch and two iterations) can be under way at the cut: those alone may come twice.
    expect(before.filter((name) => after.includes(name)).length).toBeLessThanOrEqual(3);
    expect([...new Set([...before, ...after])].sort()).toEqual(
      ['first', 'item 1', 'item 2', 'item 3', 'last', 'left', 'leftAgain'].sort(),
    );
  }
});

test('a finished execution taken up again only repeats its answer', async () => {
  const journal = memoryJournal();
  const first = await run({ definition: MACHINE, journal, tasks: tasksOf([]) });
  const again = await run({ definition: MACHINE, journal });
  expect({ end: again.end, calls: again.calls }).toEqual({ end: first.end, calls: [] });
});

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../cli/terminal/csv.ts';
import { progressOn } from '../../cli/terminal/progress.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { type Column, tableOf } from '../../cli/terminal/table.ts';
import { cutTo, ofBytes, ofMs, printable, widthOf } from '../../cli/terminal/words.ts';
import { newFolder, ran } from './support.ts';

interface Row {
  readonly name: string;
  readonly calls: number;
}
const COLUMNS: readonly Column<Row>[] = [
  { name: 'name', of: ({ name }) => name, isElastic: true },
  { name: 'calls', of: ({ calls }) => calls, isNumber: true },
];
const plain = styleFor({ env: {} }, false);
const screen = { isTty: true, columns: 30, style: plain };

describe('tables', () => {
  it('fit the screen: figures to the right, wide letters counted, the long cut', () => {
    const rows = [
      { name: 'Cozy Comfort and its many many friends', calls: 7 },
      { name: '寝具の店', calls: 1200 },
    ];
    expect(tableOf(COLUMNS, rows, screen)).toBe(
      ['NAME                     CALLS', 'Cozy Comfort and its m…      7', '寝具の店                  1200', ''].join(
        '\n',
      ),
    );
  });

  it('leave off what can be spared, then stand in blocks, where the screen is narrow', () => {
    const columns = [...COLUMNS, { name: 'note', of: () => 'spare', isSpare: true }];
    const rows = [{ name: 'Cozy Comfort and more', calls: 7 }];
    expect([
      tableOf(columns, rows, screen),
      tableOf(columns, rows, { ...screen, columns: 19 }),
      tableOf(columns, [...rows, ...rows], { ...screen, columns: 12 }),
    ]).toEqual([
      'NAME              CALLS  NOTE\nCozy Comfort an…      7  spare\n',
      'NAME          CALLS\nCozy Comfor…      7\n',
      `${'name   Cozy Comfort and more\ncalls  7\nnote   spare\n\n'.repeat(2).trimEnd()}\n`,
    ]);
  });

  it('are tab-separated lines for scripts, whole, with nothing a terminal would obey', () => {
    const rows = [{ name: 'a\tb\nc\u001b[2J', calls: 0 }];
    expect(tableOf(COLUMNS, rows, { ...screen, isTty: false })).toBe('a b c\u{fffd}[2J\t0\n');
    expect(tableOf(COLUMNS, [], screen)).toBe('');
  });

  it('cut no letter in two, and never take more room than there is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const cut = cutTo(text, columns);
        expect(widthOf(cut)).toBeLessThanOrEqual(Math.max(columns, widthOf(text) <= columns ? widthOf(text) : 1));
        expect(cut === text || cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('go into a spreadsheet as they are, and no word of a caller becomes a formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.string().filter((text) => !text.startsWith("'")), calls: fc.integer() })),
        (rows) => {
          const read = parse(csvOf(COLUMNS, rows), { columns: true }) as { name: string; calls: string }[];
          expect(read.map(({ name }) => name.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(rows.map(({ name }) => name));
          expect(read.map(({ calls }) => Number(calls))).toEqual(rows.map(({ calls }) => calls));
        },
      ),
    );
    const rows = [
      { name: '=1+1', calls: -1 },
      { name: '+4930123', calls: 2 },
    ];
    expect(csvOf(COLUMNS, rows)).toBe("name,calls\r\n'=1+1,-1\r\n+4930123,2\r\n");
  });

  it('read as people do', () => {
    expect([
      ofMs(7.4),
      ofMs(1_240),
      ofMs(61_000),
      ofBytes(999),
      ofBytes(48_211),
      ofBytes(2_500_000),
      printable('a\r\nb\u0007'),
    ]).toEqual(['7 ms', '1.2 s', '1 min 1 s', '999 B', '48 kB', '2.5 MB', 'a b\u{fffd}']);
  });
});

describe('progress', () => {
  const told = (isErrTty: boolean, env: Record<string, string> = {}): string => {
    let text = '';
    const err = (more: string): void => {
      text += more;
    };
    const progress = progressOn({ err, isErrTty, columns: 60, env });
    const item = { key: 'a', label: 'Upload a.md' };
    progress.tell([{ ...item, status: 'running', share: 0.5, note: '1 kB of 2 kB' }]);
    progress.tell([{ ...item, status: 'running', share: 0.5, note: '1 kB of 2 kB' }]);
    progress.say('A word.');
    progress.tell([{ ...item, status: 'done', note: '2 kB' }]);
    progress.end();
    return text;
  };

  it('is drawn in place on a screen, and only when something changed', () => {
    expect(told(true, { NO_COLOR: '1' })).toBe(
      '  ▸ Upload a.md ██████████░░░░░░░░░░ 1 kB of 2 kB\n' +
        '\u001b[1A\u001b[0JA word.\n  ▸ Upload a.md ██████████░░░░░░░░░░ 1 kB of 2 kB\n' +
        '\u001b[1A\u001b[0J  ✓ Upload a.md 2 kB\n',
    );
  });

  it('never takes more room than there is, so that it can be drawn over', () => {
    let text = '';
    const progress = progressOn({ err: (more) => (text += more), isErrTty: true, columns: 40, env: { NO_COLOR: '1' } });
    const note = '541 ms – AgentCore is making the endpoint.';
    progress.tell([{ key: 'a', label: 'Wait for the runtime', status: 'running', note, share: 0.5 }]);
    expect(text).toBe('  ▸ Wait for the runtime 541 ms – Agen…\n');
  });

  it('is a line a beginning and a line an end in a log, and on a terminal that can do nothing', () => {
    const lines = '  ▸ Upload a.md …\nA word.\n  ✓ Upload a.md 2 kB\n';
    expect([told(false), told(true, { TERM: 'dumb' })]).toEqual([lines, lines]);
  });
});

describe('colours', () => {
  it('are there on a screen, unless NO_COLOR says otherwise', () => {
    const red = (env: Record<string, string>, isTty: boolean): string => styleFor({ env }, isTty).red('x');
    expect([red({}, true), red({}, false), red({ NO_COLOR: '1' }, true), red({ FORCE_COLOR: '1' }, false)]).toEqual([
      '\u001b[31mx\u001b[39m',
      'x',
      'x',
      '\u001b[31mx\u001b[39m',
    ]);
  });
});

describe('completion', () => {
  it('knows commands, subcommands and options in bash', async () => {
    const folder = newFolder();
    const { out } = await ran({ args: ['completion', 'bash'] });
    writeFileSync(join(folder, 'oratio.bash'), out);
    const complete = (...words: string[]): string[] =>
      execFileSync('bash', [
        '-c',
        'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oratio; echo "${COMPREPLY[*]}"',
        join(folder, 'oratio.bash'),
        'oratio',
        ...words,
      ])
        .toString()
        .trim()
        .split(' ');
    expect([
      complete('ag'),
      complete('agents', 'cr'),
      complete('--json', 'numbers', 'cl'),
      complete('agents', 'create', '--so'),
      complete('ask', 'agents', '--ses'),
    ]).toEqual([['agents'], ['create'], ['claim'], ['--sop'], ['--session']]);
  });

  it.each(['zsh', 'fish'])('is there for %s', async (shell) => {
    const { code, out } = await ran({ args: ['completion', shell] });
    expect({ code, isWhole: out.includes('whisper') && out.includes('numbers') }).toEqual({ code: 0, isWhole: true });
  });
});

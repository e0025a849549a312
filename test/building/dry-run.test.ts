import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckerAssets } from '../../shared/building/checker-assets.ts';
import { dryRun } from '../../shared/building/dry-run.ts';
import { agentFile, builtAssets, checkerOf, files } from './support.ts';

let assets: CheckerAssets;
beforeAll(async () => {
  assets = await builtAssets();
});

/** JavaScript that the static rules would have refused: the dry run must hold without them. */
const moduleWith = (then: string, top = '') => `import { collectDetails, defineAgent } from '@oratio/agent-kit';
${top}
export const agent = defineAgent({
  name: 'Cozy', greeting: { text: 'Hello.', clauseIds: [] }, style: [], clauses: [], refusals: [],
  tools: [collectDetails({ name: 'probe', description: 'Probes.', clauseIds: [],
    fields: [{ name: 'order', label: 'order', kind: 'text', pattern: '[A-Z]{2}-\\\\d{4,6}', required: true }],
    then: (details, context) => { ${then} } })],
});`;

/** Longer than anything takes that ends by itself, on however busy a machine. */
const PATIENT = { timeoutMs: 60_000, memoryMb: 64 };

const messagesOf = async (module: string, limits = PATIENT) =>
  (await dryRun(assets, module, limits)).findings.map(({ message }) => message);

/** What an expression is inside the dry run. */
const seen = async (expression: string) =>
  (await messagesOf(moduleWith(`throw new Error(String(${expression}));`))).map(
    (message) => /failed: (.*)\. Handle/.exec(message)?.[1],
  )[0];

const NO_LOOP_END = 'It did not finish within 1.5 s: look for a loop without end.';
const NO_MEMORY = 'It needed more than 64 MB of memory: look for data that grows without bound.';

describe('the dry run', () => {
  it('runs the logic behind a pattern and finds nothing wrong with a good outcome', async () => {
    const run = await dryRun(assets, moduleWith("return { kind: 'say', text: 'Order ' + details.order };"));
    expect({ findings: run.findings, tools: run.definition?.tools.map(({ name }) => name) }).toEqual({
      findings: [],
      tools: ['probe'],
    });
  });

  it.each([
    ['a loop without end in a tool', moduleWith('for (;;) {}'), NO_LOOP_END],
    ['a loop without end at load', moduleWith('return 1', 'while (true) {}'), NO_LOOP_END],
    ['a regular expression without end', moduleWith("/^(a+)+$/.test('a'.repeat(60) + '!')"), NO_LOOP_END],
    [
      'a load that waits for ever',
      moduleWith('', 'await new Promise(() => {});'),
      'The file never finishes loading: remove what it waits for.',
    ],
    [
      'data that grows without end',
      moduleWith('const all = []; for (;;) all.push(new Array(1000).fill(details));'),
      NO_MEMORY,
    ],
    [
      'a text that grows without end',
      moduleWith("let all = 'x'; for (;;) all = (all + all).split('').join('');"),
      NO_MEMORY,
    ],
  ])('ends %s with a finding', async (_attack, module, message) => {
    const limits = message === NO_LOOP_END ? { ...PATIENT, timeoutMs: 1500 } : PATIENT;
    expect(await messagesOf(module, limits)).toEqual([message]);
  });

  it.each([
    ['globalThis.process', 'undefined'],
    ['typeof fetch', 'undefined'],
    ['typeof require', 'undefined'],
    ['typeof WebSocket', 'undefined'],
    ['typeof setTimeout', 'undefined'],
    ['typeof ArrayBuffer', 'undefined'],
    ['typeof WebAssembly', 'undefined'],
    ["[].constructor.constructor('return 1')()", 'Code generation from strings disallowed for this context'],
    ["details.constructor.constructor('return process')()", 'Code generation from strings disallowed for this context'],
    ["context.constructor.constructor('return process')()", 'Code generation from strings disallowed for this context'],
    ["eval('1')", 'Code generation from strings disallowed for this context'],
  ])('shows the agent nothing of the host: %s', async (expression, expected) => {
    expect(await seen(expression)).toBe(expected);
  });

  it.each(['node:fs', 'fs', 'node:net', 'data:text/javascript,export default 1', './dry-run-child.mjs'])(
    'lets the agent import nothing but the kit: %s',
    async (specifier) => {
      expect(await messagesOf(moduleWith('', `import * as other from '${specifier}';`))).toEqual([
        `The file fails when it is loaded: "${specifier}" may not be imported.`,
      ]);
    },
  );

  it('has no dynamic import', async () => {
    const [message] = await messagesOf(moduleWith('', "await import('node:fs');"));
    expect(message).toMatch(/^The file fails when it is loaded: A dynamic import callback was not specified/);
  });

  it.each([
    ['nothing', 'return undefined;'],
    ['a text', "return 'hello';"],
    ['an unknown kind', "return { kind: 'run', command: 'ls' };"],
    ['an empty sentence', "return { kind: 'say', text: '' };"],
    ['a surplus member', "return { kind: 'say', text: 'x', html: 'y' };"],
    ['details that are not text', "return { kind: 'handoff', reason: 'x', summary: '', collected: { a: 1 } };"],
    ['a book', "return { kind: 'say', text: 'x'.repeat(10001) };"],
  ])('refuses an outcome that is %s', async (_fault, then) => {
    expect(await messagesOf(moduleWith(then))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/gave no valid outcome \(.*\): return say, ask, lookUp or handOff\.$/),
      ]),
    );
  });

  it('says which details make a tool fail', async () => {
    expect(await messagesOf(moduleWith("throw new TypeError('no such order');"))).toEqual([
      'Tool "probe", run with {"order":"AA-7777"}, failed: no such order. Handle this case.',
    ]);
  });

  it('refuses a promise, and values that refuse to be shown', async () => {
    const thrown = moduleWith('throw { get message() { throw 1; }, toString() { throw 2; } };');
    expect([await messagesOf(moduleWith('return Promise.resolve(1);')), await messagesOf(thrown)]).toEqual([
      [
        'Tool "probe", run with {"order":"AA-7777"}, failed: The tool returned a promise: decide at once.. Handle this case.',
      ],
      ['Tool "probe", run with {"order":"AA-7777"}, failed: It threw a value that cannot be shown.. Handle this case.'],
    ]);
  });

  it('refuses a module that defines no agent', async () => {
    expect(await messagesOf('export const agent = 1;')).toEqual([expect.stringContaining('agent.: ')]);
    expect(await messagesOf('export const other = 1;')).toEqual([expect.stringContaining('agent.: ')]);
  });

  it('passes on what the kit finds wrong with a definition', async () => {
    const module = moduleWith('').replace("name: 'probe'", "name: 'Not a name'");
    expect(await messagesOf(module)).toEqual([
      'The file fails when it is loaded: Tool name "Not a name" must match ^[a-z][a-z0-9_]{0,31}$.',
    ]);
  });

  it('turns an endless loop of a checked agent into a finding', async () => {
    const check = checkerOf(assets, { timeoutMs: 1500, memoryMb: 64 });
    expect(await check(files({ agentFile: agentFile({ logic: 'while (true) {}' }) }))).toEqual({
      findings: [{ rule: 'dry-run', message: NO_LOOP_END, file: 'agent_file.ts' }],
    });
  });
});

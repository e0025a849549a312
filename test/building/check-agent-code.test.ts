import { beforeAll, describe, expect, it } from 'vitest';
import type { CodeChecker } from '../../shared/building/building.ts';
import { agentFile, builtAssets, checkerOf, files, PROMPT, SPECIFICATION, verdict } from './support.ts';

let check: CodeChecker;
beforeAll(async () => {
  check = checkerOf(await builtAssets());
});

const REFUSED_BODIES: readonly (readonly [attack: string, then: string, rule?: string])[] = [
  ['eval', "eval('1'); return say('x');"],
  ['eval by unicode escape', "\\u0065val('1'); return say('x');"],
  ['eval with type arguments', 'const run = eval<string>; return say(`${run}`);'],
  ['indirect eval', "(0, eval)('1'); return say('x');"],
  ['Function', "Function('return process')(); return say('x');"],
  ['the constructor of an array', "[].constructor.constructor('return process')(); return say('x');"],
  ['the constructor by a literal key', "[]['constructor']['constructor']('return process')(); return say('x');"],
  ['the constructor by an escaped key', "[]['\\x63onstructor']; return say('x');"],
  ['the constructor by escapes that TypeScript misreads', 'return say(`${details.\\u0063onstr\\u{75}\\u{63}tor}`);'],
  ['the constructor by a template', 'return say(`${[][`constructor`]}`);'],
  ['the constructor by a computed key', "const key = 'const' + 'ructor'; return say(`${details[key]}`);"],
  ['the constructor by destructuring', 'const { constructor } = details; return say(`${constructor}`);'],
  ['the constructor by renaming destructuring', 'const { constructor: made } = details; return say(`${made}`);'],
  ['the constructor by computed destructuring', "const k = 'a'; const { [k]: made } = details; return say(`${made}`);"],
  ['the prototype', 'return say(`${String.prototype}`);'],
  ['__proto__', 'return say(`${details.__proto__}`);'],
  ['getPrototypeOf', 'return say(`${Object.getPrototypeOf(details)}`);'],
  ['an alias of Object', 'const all = Object; return say(`${all.keys(details)}`);'],
  ['Object in a list', 'return say(`${[Object].length}`);'],
  ['a local Object', 'const Object = { keys: String }; return say(`${Object}`);'],
  ['defineProperty', "Object.defineProperty(details, 'a', {}); return say('x');"],
  ['Reflect', "Reflect.get(details, 'a'); return say('x');"],
  ['Proxy', "new Proxy(details, {}); return say('x');"],
  ['process', 'return say(process.env.HOME);'],
  ['process in shorthand', 'const all = { process }; return say(`${all}`);'],
  ['a declared process', 'const inner = () => { const process = 1; return process; }; return say(`${inner()}`);'],
  ['globalThis', 'return say(`${globalThis}`);'],
  ['global', 'return say(`${global}`);'],
  ['this', 'return say(`${this}`);'],
  ['fetch', "fetch('https://example.com'); return say('x');"],
  ['a WebSocket', "new WebSocket('wss://example.com'); return say('x');"],
  ['a timer', "setTimeout(() => 1, 1); return say('x');"],
  ['a microtask', "queueMicrotask(() => 1); return say('x');"],
  ['the console', "console.log('x'); return say('x');"],
  ['require', "require('fs'); return say('x');"],
  ['module', 'return say(`${module}`);'],
  ['dynamic import', "import('node:fs'); return say('x');"],
  ['import.meta', 'return say(import.meta.url);'],
  ['new.target', 'const f = function () { return new.target; }; return say(`${f()}`);'],
  ['arguments', 'const f = function () { return arguments; }; return say(`${f()}`);'],
  ['a promise', "Promise.resolve(1); return say('x');"],
  ['an async function', "const f = async () => 1; f(); return say('x');"],
  ['a generator', "const f = function* () {}; f(); return say('x');"],
  ['a class', "class A {} new A(); return say('x');"],
  ['a setter', 'return say(`${{ set a(x: string) {} }}`);'],
  ['writing to a global', "Math.max = () => 1; return say('x');"],
  ['writing to an object', "const a = { b: 1 }; a.b = 2; return say('x');"],
  ['writing by destructuring', "const a = { b: 1 }; [a.b] = [2]; return say('x');"],
  ['writing in a loop head', "const a = { b: 1 }; for (a.b of [2]) {} return say('x');"],
  ['counting in an object', "const a = { b: 1 }; a.b++; return say('x');"],
  ['delete', "const a: { b?: number } = {}; delete a.b; return say('x');"],
  ['a buffer', 'return say(`${new ArrayBuffer(1e10)}`);'],
  ['WebAssembly', 'return say(`${WebAssembly}`);'],
  ['a symbol', 'return say(`${Symbol.iterator}`);'],
  ['chance', 'return say(`${Math.random()}`);'],
  ['the time', 'return say(`${Date.now()}`);'],
  ['the present date', 'return say(`${new Date()}`);'],
  ['a regular expression from text', 'return say(`${new RegExp(details.orderNumber ?? "")}`);'],
  ['the stack', 'return say(`${new Error().stack}`);'],
  ['var', 'var a = 1; return say(`${a}`);'],
  ['the type any', 'const a: any = 1; return say(`${a}`);'],
  ['a type assertion', 'const a = details as unknown as { b: string }; return say(a.b);'],
  ['a non-null assertion', 'return say(details.orderNumber!);'],
  ['a silenced compiler', '// @ts-ignore\nreturn say(1);'],
  ['a tagged template', 'return say(String.raw`x`);'],
  ['an undefined name', 'return say(nowhere);'],
  ['a wrong type', 'return say(42);', 'types'],
  ['a missing outcome', 'if (details.orderNumber) return say("x");', 'types'],
  ['an invented outcome', "return { kind: 'run', command: 'ls' };", 'types'],
  ['a syntax error', 'return say(;', 'syntax'],
  ['an AWS key', "return say('AKIAIOSFODNN7EXAMPLE');", 'secret'],
  ['an AWS key in escapes', "return say('\\x41KIAIOSFODNN7EXAMPLE');", 'secret'],
  ['a private key', 'return say(`-----BEGIN RSA PRIVATE KEY-----`);', 'secret'],
];

const REFUSED_TOPS: readonly (readonly [attack: string, top: string, rule: string])[] = [
  ['a Node module', "import { readFileSync } from 'node:fs';", 'import'],
  ['a bare Node module', "import fs from 'fs';", 'import'],
  ['a relative file', "import { secret } from './main.js';", 'import'],
  ['a package', "import * as z from 'zod';", 'import'],
  ['an address', "import x from 'data:text/javascript,export default 1';", 'import'],
  ['a module for its effects', "import '@oratio/agent-kit';", 'import'],
  ['the whole kit', "import * as kit from '@oratio/agent-kit';", 'import'],
  ['import equals', "import fs = require('fs');", 'import'],
  ['a re-export', "export { defineAgent } from '@oratio/agent-kit';", 'import'],
  ['a star re-export', "export * from 'node:fs';", 'import'],
  ['a default export', 'export default 1;', 'import'],
  ['a second export', 'export const other = 1;', 'missing'],
  ['state between calls', 'let calls = 0;', 'forbidden'],
  ['work at load', 'for (const x of [1]) {}', 'forbidden'],
  ['await at load', 'await 1;', 'forbidden'],
  ['a namespace', 'namespace A { export const b = 1; }', 'forbidden'],
  ['an enum', 'enum A { b }', 'forbidden'],
  ['a declaration', 'declare const secret: string;', 'forbidden'],
  ['an imported type', "type A = import('fs').Stats;", 'forbidden'],
  ['a type that computes', 'type A<T> = T extends string ? 1 : 2;', 'forbidden'],
  ['a reference', '/// <reference types="node" />', 'forbidden'],
  ['an endless nesting', `const deep = ${'['.repeat(500)}${']'.repeat(500)};`, 'size'],
  ['an endless nesting beyond the parser', `const deep = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`, 'size'],
];

describe('the code checker', () => {
  it('approves an honest agent and returns JavaScript that imports the kit alone', async () => {
    const checked = await check(files());
    expect({ findings: checked.findings, imports: checked.transpiled?.match(/from '.*'/g) }).toEqual({
      findings: [],
      imports: ["from '@oratio/agent-kit'"],
    });
  });

  it('approves ordinary business logic', async () => {
    const then = `
      const prices = new Map([['single', 20], ['double', 30]]);
      const words = (details.orderNumber ?? '').trim().toUpperCase().split(' ').filter(Boolean).map(String);
      let total = 0;
      for (const [, price] of prices) total += price;
      for (let index = 0; index < words.length; index++) if (words.at(index) === 'CC777777') total -= 1;
      const { orderNumber = 'none', ...rest } = details;
      const price = new Intl.NumberFormat('en-US').format(Math.round(total));
      const age = Date.parse(context.today) - new Date('2026-01-01').getTime();
      if (Number.isFinite(age) && Object.keys(rest).length === 0) return say(\`Order \${orderNumber}: \${price}\`);
      return lookUp('orders', JSON.stringify({ total }));`;
    expect(
      await check(files({ agentFile: agentFile({ logic: then, top: 'interface Price { readonly amount: number }' }) })),
    ).toMatchObject({
      findings: [],
      transpiled: expect.stringContaining('new Map'),
    });
  });

  it.each(REFUSED_BODIES)('refuses %s', async (_attack, then, rule = 'forbidden') => {
    const checked = verdict(await check(files({ agentFile: agentFile({ logic: then ?? '' }) })));
    expect(checked).toEqual({ approved: false, rules: expect.arrayContaining([rule]) });
  });

  it.each(REFUSED_TOPS)('refuses %s at the top of the file', async (_attack, top, rule) => {
    const checked = verdict(await check(files({ agentFile: agentFile({ top }) })));
    expect(checked).toEqual({ approved: false, rules: expect.arrayContaining([rule]) });
  });

  it('names the place and what to do', async () => {
    const { findings } = await check(files({ agentFile: agentFile({ logic: 'return say(process.env.HOME);' }) }));
    expect(findings).toEqual([
      {
        rule: 'forbidden',
        message: '"process" is not available to agents: use only the kit and plain values.',
        file: 'agent_file.ts',
        line: 18,
        column: 20,
      },
    ]);
  });

  it('refuses a file that is too large without reading it', async () => {
    expect(await check(files({ agentFile: `// ${'x'.repeat(400_000)}` }))).toEqual({
      findings: [{ rule: 'size', message: 'It has 400003 bytes: keep it to 400000.', file: 'agent_file.ts' }],
    });
  });

  it('refuses empty files', async () => {
    const checked = await check({ agentFile: ' ', prompt: '', specification: '' });
    expect(checked).toEqual({
      findings: ['agent_file.ts', 'prompt.md', 'spec.json'].map((file) => ({
        rule: 'missing',
        message: 'The file is empty: write it.',
        file,
      })),
    });
  });
});

describe('the specification', () => {
  const withSpecification = async (specification: unknown) =>
    (await check(files({ specification: JSON.stringify(specification) }))).findings.map(({ message }) => message);

  it.each([
    ['is not an object', []],
    ['has no clauses', { ...SPECIFICATION, clauses: [] }],
    ['has a clause id of another form', { ...SPECIFICATION, greeting: { text: 'Hello.', clauseIds: ['7'] } }],
    ['lacks its procedures', { ...SPECIFICATION, procedures: undefined }],
  ])('is refused when it %s', async (_fault, specification) => {
    expect(await withSpecification(specification)).not.toEqual([]);
  });

  it('is refused when it is not JSON', async () => {
    const { findings, transpiled } = await check(files({ specification: '{' }));
    expect({ findings, transpiled }).toEqual({
      findings: [{ rule: 'specification', message: 'It is not JSON: write one JSON object.', file: 'spec.json' }],
      transpiled: undefined,
    });
  });

  it('may refer to existing clauses only', async () => {
    expect(await withSpecification({ ...SPECIFICATION, greeting: { text: 'Hello.', clauseIds: ['c9'] } })).toEqual([
      'The greeting refers to clause "c9", which does not exist: refer to an existing clause.',
    ]);
  });

  it('must be implemented tool by tool', async () => {
    const [procedure] = SPECIFICATION.procedures;
    expect(await withSpecification({ ...SPECIFICATION, procedures: [{ ...procedure, name: 'returns' }] })).toEqual([
      'Tool "returns" is specified but not implemented: add it to the agent\'s tools.',
      'Tool "order_status" is implemented but not specified: remove it or specify it.',
    ]);
  });

  it('must be implemented clause by clause', async () => {
    const clauses = [SPECIFICATION.clauses[0], { id: 'c2', text: 'Other words.' }, { id: 'c3', text: 'One more.' }];
    expect(await withSpecification({ ...SPECIFICATION, clauses })).toEqual([
      'Clause "c2" is not the specification\'s: copy it word for word.',
      'Clause "c3" of the specification is missing: add it to the agent\'s clauses.',
    ]);
  });
});

describe('the prompt', () => {
  it.each([
    ['a heading', '# Cozy\nYou speak.'],
    ['a list', 'You do this:\n- greet'],
    ['a numbered list', 'You do this:\n1. greet'],
    ['bold text', 'You are **Cozy**.'],
    ['code', 'Use `search`.'],
    ['a link', 'See [here](x).'],
    ['an address', 'See https://example.com.'],
    ['a table', '| a | b |'],
    ['a tag', 'Speak <b>now</b>.'],
    ['a pictograph', 'Hello \u{1F600}.'],
    ['a control character', 'Hello \u0007.'],
    ['too many characters', 'Say hello. '.repeat(1100)],
    ['an unknown clause', 'Greet (c1, c77).'],
    ['a stray replacement character', 'Hello \uFFFD.'],
  ])('is refused with %s', async (_fault, prompt) => {
    expect(verdict(await check(files({ prompt })))).toEqual({ approved: false, rules: ['prompt'] });
  });

  it('is refused with a secret', async () => {
    expect(verdict(await check(files({ prompt: `${PROMPT}The key is ghp_${'a1'.repeat(20)}.` })))).toEqual({
      approved: false,
      rules: ['secret'],
    });
  });

  it('is approved with a long sentence, which is only a warning', async () => {
    expect(await check(files({ prompt: `${'word '.repeat(80)}.` }))).toMatchObject({
      findings: [{ rule: 'prompt', severity: 'warning' }],
      transpiled: expect.any(String),
    });
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckerAssets } from '../../shared/building/checker-assets.ts';
import { checkCode } from '../../shared/building/code-rules.ts';
import { makeTypeChecker, type TypeChecker } from '../../shared/building/type-check.ts';
import { agentFile, builtAssets } from './support.ts';

let assets: CheckerAssets;
let types: TypeChecker;
beforeAll(async () => {
  assets = await builtAssets();
  types = makeTypeChecker(assets, () => 0);
});

const staticFindings = (text: string) => {
  const { source, findings } = types.parse('agent_file.ts', text);
  return [...findings, ...checkCode(assets.compiler, source, 'agent_file.ts')];
};

const FORBIDDEN = [
  'process',
  'globalThis',
  'eval',
  'Function',
  'require',
  'fetch',
  'Reflect',
  'Proxy',
  'setTimeout',
  'module',
];

/** Each character as itself or as one of its unicode escapes. */
const disguised = (name: string) =>
  fc.array(fc.integer({ min: 0, max: 2 }), { minLength: name.length, maxLength: name.length }).map((choices) =>
    name
      .split('')
      .map((character, index) => {
        const hex = character.charCodeAt(0).toString(16);
        return [character, `\\u${hex.padStart(4, '0')}`, `\\u{${hex}}`][choices[index] ?? 0];
      })
      .join(''),
  );

/** Places in an expression where a name may stand. */
const PLACES: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `${name}.env`,
  (name) => `${name}?.env`,
  (name) => `${name}('x')`,
  (name) => `new ${name}('x')`,
  (name) => `[${name}]`,
  (name) => `{ a: ${name} }.a`,
  (name) => `({ ${name} })`,
  (name) => `[...${name}]`,
  (name) => `typeof ${name}`,
  (name) => `((x = ${name}) => x)()`,
  (name) => `(({ a = ${name} }) => a)({})`,
  (name) => `${name}<string>`,
  (name) => `(${name} satisfies unknown)`,
  (name) => `[1].map(${name})`,
  (name) => `(true ? ${name} : 1)`,
  (name) => `(1, ${name})`,
  (name) => `\`\${${name}}\``,
];

const expression = fc
  .tuple(
    fc.constantFrom(...FORBIDDEN).chain(disguised),
    fc.array(fc.constantFrom(...PLACES), { minLength: 1, maxLength: 3 }),
  )
  .map(([name, places]) => places.reduce((inner, place) => place(inner), name));

const KEYS = ['constructor', 'prototype', '__proto__', 'caller'];
const memberAccess = fc
  .tuple(fc.constantFrom(...KEYS).chain(disguised), fc.constantFrom('[]', '""', '(() => 1)', 'details', '/x/'))
  .chain(([key, of]) =>
    fc.constantFrom(
      `${of}.${key}`,
      `${of}?.${key}`,
      `${of}['${key}']`,
      `${of}[\`${key}\`]`,
      `(({ ${key}: x }) => x)(${of})`,
    ),
  );

describe('the rules over the tree', () => {
  it('never let a forbidden name through, however it is written and wherever it stands', () => {
    fc.assert(
      fc.property(
        expression,
        (code) => staticFindings(agentFile({ logic: `const probe = ${code}; return say('x');` })).length > 0,
      ),
      { numRuns: 500 },
    );
  });

  it('never let a way to a prototype through', () => {
    fc.assert(
      fc.property(
        memberAccess,
        (code) => staticFindings(agentFile({ logic: `const probe = ${code}; return say('x');` })).length > 0,
      ),
      { numRuns: 300 },
    );
  });

  it('never let a forbidden name through after characters were dropped, doubled or swapped in honest code', () => {
    const honest = agentFile({
      logic: "const words = (details.orderNumber ?? '').split(' '); return say(words.join(' '));",
    });
    const edits = fc.array(
      fc.record({ at: fc.nat(honest.length), with: fc.constantFrom('', ' ', '(', '.', ';', '[]', ...FORBIDDEN) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (now, change) => now.slice(0, change.at) + change.with + now.slice(change.at),
          honest,
        );
        if (staticFindings(text).length > 0) return true;
        return !FORBIDDEN.some((name) => identifiersOf(text).has(name));
      }),
      { numRuns: 300 },
    );
  });

  it('answer for any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => staticFindings(text).length > 0),
      {
        numRuns: 500,
      },
    );
  });

  it('find the honest agent honest', () => {
    expect(staticFindings(agentFile())).toEqual([]);
  });
});

/** Names that the file reads as variables, by the compiler's own scanner. */
function identifiersOf(text: string): Set<string> {
  const { compiler: ts } = assets;
  const names = new Set<string>();
  const visit = (node: import('typescript').Node): void => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isMember && !isKey) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2023, true), visit);
  return names;
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';

export type Compiler = typeof TypeScript;

/** What `scripts/build-checker-assets.ts` writes. */
export interface CheckerAssets {
  readonly compiler: Compiler;
  /** ECMAScript declarations by file name (`lib.es5.d.ts`). */
  readonly libs: Readonly<Record<string, string>>;
  /** Declarations of `@oratio/agent-kit` by file name; the entry is `index.d.ts`. */
  readonly kit: Readonly<Record<string, string>>;
  /** `@oratio/agent-kit` as one ES module. */
  readonly kitModule: string;
  /** Path of the program that the dry run starts. */
  readonly dryRunChild: string;
}

/**
 * Reads the checker's assets; takes about 200 ms, most of it the compiler.
 * @throws when the directory is incomplete: a deployment without assets approves nothing.
 */
export async function loadCheckerAssets(directory: string): Promise<CheckerAssets> {
  const [declarations, kitModule] = await Promise.all([
    readFile(join(directory, 'declarations.json'), 'utf8'),
    readFile(join(directory, 'kit.mjs'), 'utf8'),
  ]);
  const compiler: Compiler = createRequire(join(directory, 'kit.mjs'))('./typescript.cjs');
  return {
    compiler,
    ...(JSON.parse(declarations) as Pick<CheckerAssets, 'libs' | 'kit'>),
    kitModule,
    dryRunChild: join(directory, 'dry-run-child.mjs'),
  };
}

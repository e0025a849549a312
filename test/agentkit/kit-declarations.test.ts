import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { kitDeclarations } from '../../scripts/build-kit-declarations.ts';

const dir = mkdtempSync(join(tmpdir(), 'oratio-kit-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a module that writes its types out is declared; one that leaves an exported type open fails by name', async () => {
  writeFileSync(join(dir, 'greeting.ts'), "export const greet = (name: string): string => 'Hello ' + name;\n");
  expect(await kitDeclarations(dir)).toEqual({
    'greeting.d.ts': 'export declare const greet: (name: string) => string;\n',
  });
  writeFileSync(join(dir, 'open.ts'), 'export const now = () => performance.now();\n');
  await expect(kitDeclarations(dir)).rejects.toThrow(/^open\.ts: /);
});

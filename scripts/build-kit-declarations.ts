import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The declarations of the modules in `kitDir` by file name (`tools.d.ts`). File by file, without a program: the kit
 * writes its types out, and a program takes seconds to read the language's own declarations. Throws, naming the file,
 * when an exported type isn't written out.
 */
export async function kitDeclarations(kitDir: string): Promise<Record<string, string>> {
  const names = (await readdir(kitDir)).filter((name) => name.endsWith('.ts'));
  const declarations = names.map(async (name) => {
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(await readFile(join(kitDir, name), 'utf8'), {
      fileName: name,
      reportDiagnostics: true,
      compilerOptions: { strict: true, target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    const [error] = diagnostics;
    if (error) throw new Error(`${name}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
    return [name.replace(/\.ts$/, '.d.ts'), outputText] as const;
  });
  return Object.fromEntries(await Promise.all(declarations));
}

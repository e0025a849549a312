import type * as TypeScript from 'typescript';
import type { Finding } from './building.ts';
import type { CheckerAssets, Compiler } from './checker-assets.ts';
import { KIT_MODULE } from './code-rules.ts';

/** Checks the types of an agent file against the kit's declarations, and turns it into JavaScript. */
export interface TypeChecker {
  readonly check: (agentFile: string) => Finding[];
  readonly transpile: (agentFile: string) => string;
  /** Tree of a file; syntax errors come along as findings. */
  readonly parse: (name: string, text: string) => { source: TypeScript.SourceFile; findings: Finding[] };
}

const AGENT_FILE = '/agent_file.ts';
/** A type check of an agent file takes well under a second; one that takes this long was written to. */
const TYPE_CHECK_LIMIT_MS = 15_000;

/** The compiler over an in-memory world: the agent file, the kit and the language; no disk, no other module. */
export function makeTypeChecker({ compiler: ts, libs, kit }: CheckerAssets, now: () => number): TypeChecker {
  const fixed = new Map<string, string>([
    ...Object.entries(libs).map(([name, text]) => [`/lib/${name}`, text] as const),
    ...Object.entries(kit).map(([name, text]) => [`/kit/${name}`, text] as const),
  ]);
  const parsed = new Map<string, TypeScript.SourceFile>();
  const options = compilerOptions(ts);
  const parseFixed = (path: string): TypeScript.SourceFile | undefined => {
    const text = fixed.get(path);
    const source = parsed.get(path) ?? (text === undefined ? undefined : parseSource(ts, path, text));
    if (source !== undefined) parsed.set(path, source);
    return source;
  };
  return {
    check: (agentFile) => {
      const own = parseSource(ts, AGENT_FILE, agentFile);
      const host = inMemoryHost(ts, (path) => (path === AGENT_FILE ? own : parseFixed(path)));
      const program = ts.createProgram({ rootNames: [AGENT_FILE], options, host });
      const deadline = now() + TYPE_CHECK_LIMIT_MS;
      return semanticDiagnostics(ts, program, own, () => now() > deadline).map((diagnostic) =>
        toFinding(ts, 'types', diagnostic),
      );
    },
    transpile: (agentFile) =>
      ts.transpileModule(agentFile, { fileName: AGENT_FILE, compilerOptions: options }).outputText,
    parse: (name, text) => {
      const { diagnostics = [] } = ts.transpileModule(text, {
        fileName: name,
        compilerOptions: options,
        reportDiagnostics: true,
      });
      return {
        source: parseSource(ts, name, text),
        findings: diagnostics.map((diagnostic) => toFinding(ts, 'syntax', diagnostic)),
      };
    },
  };
}

const parseSource = (ts: Compiler, path: string, text: string): TypeScript.SourceFile =>
  ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ES2023 }, true);

const compilerOptions = (ts: Compiler): TypeScript.CompilerOptions => ({
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  allowUnreachableCode: false,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
  newLine: ts.NewLineKind.LineFeed,
});

function inMemoryHost(
  ts: Compiler,
  sourceOf: (path: string) => TypeScript.SourceFile | undefined,
): TypeScript.CompilerHost {
  const resolve = (name: string): string | undefined => {
    if (name === KIT_MODULE) return '/kit/index.d.ts';
    const declaration = `/kit/${name.replace(/^\.\//, '').replace(/\.ts$/, '.d.ts')}`;
    return sourceOf(declaration) === undefined ? undefined : declaration;
  };
  return {
    getSourceFile: sourceOf,
    getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
    getDefaultLibLocation: () => '/lib',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (path) => sourceOf(path) !== undefined,
    readFile: (path) => sourceOf(path)?.text,
    resolveModuleNameLiterals: (literals, containingFile) =>
      literals.map(({ text }) => {
        const isOwn = containingFile === AGENT_FILE;
        const path = isOwn && text !== KIT_MODULE ? undefined : resolve(text);
        return {
          resolvedModule: path === undefined ? undefined : { resolvedFileName: path, extension: ts.Extension.Dts },
        };
      }),
  };
}

function semanticDiagnostics(
  ts: Compiler,
  program: TypeScript.Program,
  source: TypeScript.SourceFile,
  isLate: () => boolean,
): readonly TypeScript.Diagnostic[] {
  const token = {
    isCancellationRequested: isLate,
    throwIfCancellationRequested: () => {
      if (isLate()) throw new ts.OperationCanceledException();
    },
  };
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(source, token),
  ];
}

function toFinding(ts: Compiler, rule: string, diagnostic: TypeScript.Diagnostic): Finding {
  const message = `${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')} (TS${diagnostic.code})`;
  if (diagnostic.file === undefined || diagnostic.start === undefined) return { rule, message, file: 'agent_file.ts' };
  const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
  return { rule, message, file: 'agent_file.ts', line: line + 1, column: character + 1 };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Source {
  /** Path from the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const SKIPPED = new Set(['node_modules', 'build', 'cdk.out', '.oratio', '.git']);

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every TypeScript file of a room (`shared`, `local`, …), parsed. Throws when the room holds none: a check over nothing proves nothing. */
export function sourcesOf(...rooms: readonly string[]): readonly Source[] {
  return rooms.flatMap((room) => {
    const sources = filesBelow(join(ROOT, room))
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
      .map((path) => {
        const text = readFileSync(path, 'utf8');
        const name = relative(ROOT, path).split(sep).join('/');
        return { path: name, text, tree: ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true) };
      });
    if (sources.length === 0) throw new Error(`There are no sources in ${room}/.`);
    return sources;
  });
}

/** Module names that a source imports or re-exports, static and dynamic. */
export function importsOf({ tree }: Source): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      if (ts.isStringLiteral(node.moduleSpecifier)) names.push(node.moduleSpecifier.text);
    }
    const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isDynamic && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) names.push(node.arguments[0].text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

/** Module names that are still there when types are stripped. */
export function importsAtRunTimeOf(source: Source): readonly string[] {
  const typesOnly = source.tree.statements.flatMap((node) => {
    const isOfTypes =
      (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly);
    return isOfTypes && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier) ? [node.moduleSpecifier] : [];
  });
  const names = [...importsOf(source)];
  for (const { text } of typesOnly) names.splice(names.indexOf(text), 1);
  return names;
}

/** The room a relative import leads to, or the package it names. */
export function targetOf(source: Source, imported: string): string {
  if (!imported.startsWith('.')) return imported;
  return relative(ROOT, resolve(ROOT, source.path, '..', imported))
    .split(sep)
    .join('/');
}

export interface FunctionSize {
  readonly where: string;
  readonly lines: number;
}

/** Every function with a body of its own, with its length in lines. */
export function functionsOf(source: Source): readonly FunctionSize[] {
  const sizes: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const start = source.tree.getLineAndCharacterOfPosition(node.getStart()).line;
      const end = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      sizes.push({ where: `${source.path}:${start + 1}`, lines: end - start + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return sizes;
}

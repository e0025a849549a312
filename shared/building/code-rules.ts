import type * as TypeScript from 'typescript';
import { ALLOWED_CONSTANTS, allowedGlobal, FORBIDDEN_PROPERTIES, isReservedName } from './allowed-code.ts';
import type { Finding } from './building.ts';
import type { Compiler } from './checker-assets.ts';
import { LIMITS } from './limits.ts';

export const KIT_MODULE = '@oratio/agent-kit';

type Node = TypeScript.Node;
type Report = (node: Node, rule: string, message: string) => void;

/**
 * Walks the tree of an agent file (TypeScript, or the JavaScript made of it) and refuses everything that is not plain
 * business logic over the kit. It decides by what is allowed: syntax, globals and members not known here are refused.
 * Names may not hold escapes, so a name is what it looks like.
 */
export function checkCode(ts: Compiler, source: TypeScript.SourceFile, file: string): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (node, rule, message) => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    findings.push({ rule, message, file, line: line + 1, column: character + 1 });
  };
  const declared = declaredNames(ts, source);
  let nodes = 0;
  const visit = (node: Node, depth: number): void => {
    nodes += 1;
    if (nodes > LIMITS.syntaxNodes || depth > LIMITS.syntaxDepth) throw new TooComplex();
    checkNode(ts, node, declared, report);
    ts.forEachChild(node, (child) => visit(child, depth + 1));
  };
  try {
    visit(source, 0);
    checkModule(ts, source, report);
  } catch (error) {
    if (!(error instanceof TooComplex || error instanceof RangeError)) throw error;
    findings.push({ rule: 'size', message: 'The code is nested too deeply or too large: write it plainly.', file });
  }
  return findings;
}

class TooComplex extends Error {}

function checkNode(ts: Compiler, node: Node, declared: ReadonlySet<string>, report: Report): void {
  const refusal = refusedSyntax(ts, node);
  if (refusal !== undefined) report(node, 'forbidden', refusal);
  if (isEscapedName(ts, node)) report(node, 'forbidden', 'Names are written plainly: no escapes.');
  if (ts.isIdentifier(node)) checkIdentifier(ts, node, declared, report);
  const key = computedKey(ts, node);
  if (key !== undefined && !ts.isStringLiteralLike(key) && !ts.isNumericLiteral(key))
    report(node, 'forbidden', 'Members are read by a literal name: use .at(index) for a list, and a Map for a table.');
  const property = propertyName(ts, node);
  if (property !== undefined && FORBIDDEN_PROPERTIES.has(property))
    report(node, 'forbidden', `"${property}" leads out of the business logic: remove it.`);
  const target = assignmentTarget(ts, node);
  if (target !== undefined && !ts.isIdentifier(target))
    report(
      node,
      'forbidden',
      'Only local variables may be assigned: build a new object or array instead of changing one.',
    );
}

/**
 * Names with escapes are refused whatever they spell: TypeScript 6.0.3 reads `\u0063onstr\u{75}ctor` as "cuctor",
 * while engines read "constructor".
 */
function isEscapedName(ts: Compiler, node: Node): boolean {
  const isKey = ts.isStringLiteralLike(node) && (ts.isElementAccessExpression(node.parent) || isNameOf(ts, node));
  return (isKey || ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && node.getText().includes('\\');
}

/** Whether a literal names a member: `{ 'a': b }`, `const { 'a': b } = c`, `{ ['a']: b }`. */
function isNameOf(ts: Compiler, node: Node): boolean {
  const { parent } = node;
  if (ts.isComputedPropertyName(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return ts.isObjectLiteralElementLike(parent) && parent.name === node;
}

/** Why a kind of syntax is not for agents; undefined when it is. */
function refusedSyntax(ts: Compiler, node: Node): string | undefined {
  const { SyntaxKind } = ts;
  const reasons: Partial<Record<TypeScript.SyntaxKind, string>> = {
    [SyntaxKind.AnyKeyword]: 'The type "any" hides mistakes: name the type.',
    [SyntaxKind.AsyncKeyword]: 'Tools decide at once and the host acts: no async code.',
    [SyntaxKind.AwaitExpression]: 'Tools decide at once and the host acts: no await.',
    [SyntaxKind.YieldExpression]: 'Generators are not allowed: use a plain function.',
    [SyntaxKind.ClassDeclaration]: 'Classes are not allowed: use functions and objects.',
    [SyntaxKind.ClassExpression]: 'Classes are not allowed: use functions and objects.',
    [SyntaxKind.EnumDeclaration]: 'Enums are not allowed: use a union of strings.',
    [SyntaxKind.ModuleDeclaration]: 'Namespaces and declarations of modules are not allowed.',
    [SyntaxKind.DeclareKeyword]: '"declare" is not allowed: everything used must be defined or imported.',
    [SyntaxKind.ThisKeyword]: '"this" is not allowed: pass values as arguments.',
    [SyntaxKind.SuperKeyword]: '"super" is not allowed.',
    [SyntaxKind.GetAccessor]: 'Accessors are not allowed: use a plain property.',
    [SyntaxKind.SetAccessor]: 'Accessors are not allowed: use a plain property.',
    [SyntaxKind.Decorator]: 'Decorators are not allowed.',
    [SyntaxKind.DebuggerStatement]: '"debugger" is not allowed.',
    [SyntaxKind.WithStatement]: '"with" is not allowed.',
    [SyntaxKind.DeleteExpression]: '"delete" is not allowed: build a new object without the member.',
    [SyntaxKind.MetaProperty]: '"import.meta" and "new.target" are not allowed.',
    [SyntaxKind.ConditionalType]: 'Conditional types are not allowed: write plain types.',
    [SyntaxKind.MappedType]: 'Mapped types are not allowed: write plain types.',
    [SyntaxKind.TemplateLiteralType]: 'Template literal types are not allowed: write plain types.',
    [SyntaxKind.ImportType]: 'Types are imported at the top of the file, from the kit only.',
    [SyntaxKind.NonNullExpression]: '"!" asserts what it does not check: handle the missing value.',
    [SyntaxKind.TypeAssertionExpression]: 'Type assertions are not allowed: let the types follow.',
    [SyntaxKind.TaggedTemplateExpression]: 'Tagged templates are not allowed.',
  };
  if (ts.isAsExpression(node) && node.type.getText() !== 'const')
    return 'Type assertions are not allowed (except "as const"): let the types follow.';
  if (ts.isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword)
    return `Dynamic import is not allowed: import "${KIT_MODULE}" at the top of the file.`;
  if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped))
    return '"var" and "using" are not allowed: use const or let.';
  if (ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken !== undefined)
    return 'Generators are not allowed: use a plain function.';
  return reasons[node.kind];
}

function checkIdentifier(
  ts: Compiler,
  node: TypeScript.Identifier,
  declared: ReadonlySet<string>,
  report: Report,
): void {
  const name = node.text;
  if (isDeclarationName(ts, node)) {
    if (isReservedName(name)) report(node, 'forbidden', `The name "${name}" is taken: choose another.`);
    return;
  }
  if (!isValueReference(ts, node) || declared.has(name) || ALLOWED_CONSTANTS.has(name)) return;
  const refusal = refusedGlobal(ts, node);
  if (refusal !== undefined) report(node, 'forbidden', refusal);
}

/** Why a use of a global is refused; undefined when it is one of the allowed forms. */
function refusedGlobal(ts: Compiler, node: TypeScript.Identifier): string | undefined {
  const allowed = allowedGlobal(node.text);
  const use = node.parent;
  if (allowed === undefined) return `"${node.text}" is not available to agents: use only the kit and plain values.`;
  if (ts.isPropertyAccessExpression(use) && use.expression === node)
    return allowed.members.includes(use.name.text)
      ? undefined
      : `"${node.text}.${use.name.text}" is not available to agents (${node.text} has: ${allowed.members.join(', ') || 'nothing'}).`;
  if (ts.isNewExpression(use) && use.expression === node)
    return (use.arguments?.length ?? 0) >= (allowed.minConstructorArguments ?? Number.POSITIVE_INFINITY)
      ? undefined
      : `"new ${node.text}" is not available in this form; the date of the conversation is context.today.`;
  const isCalledOrPassed = ts.isCallExpression(use) && (use.expression === node || use.arguments.includes(node));
  return isCalledOrPassed && allowed.call === true
    ? undefined
    : `"${node.text}" may not be used as a value: call what you need of it directly.`;
}

/** The expression that names a member which is read: `object[key]`, `const { [key]: value } = object`. */
function computedKey(ts: Compiler, node: Node): Node | undefined {
  if (ts.isElementAccessExpression(node)) return node.argumentExpression;
  const isComputedBinding =
    ts.isBindingElement(node) && node.propertyName !== undefined && ts.isComputedPropertyName(node.propertyName);
  return isComputedBinding ? node.propertyName.expression : undefined;
}

/** Names that a node reads or makes as a member. */
function propertyName(ts: Compiler, node: Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node))
    return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
  if (ts.isBindingElement(node) && node.propertyName !== undefined) return literalName(ts, node.propertyName);
  if (ts.isBindingElement(node)) return ts.isIdentifier(node.name) ? node.name.text : undefined;
  if (ts.isObjectLiteralElementLike(node) && node.name !== undefined) return literalName(ts, node.name);
  return undefined;
}

const literalName = (ts: Compiler, name: TypeScript.PropertyName): string | undefined => {
  if (!ts.isComputedPropertyName(name)) return name.text;
  return ts.isStringLiteralLike(name.expression) ? name.expression.text : undefined;
};

function assignmentTarget(ts: Compiler, node: Node): Node | undefined {
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.kind;
    return operator >= FirstAssignment && operator <= LastAssignment ? node.left : undefined;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return node.operator === PlusPlusToken || node.operator === MinusMinusToken ? node.operand : undefined;
  const isLoopOverTarget = ts.isForOfStatement(node) || ts.isForInStatement(node);
  return isLoopOverTarget && !ts.isVariableDeclarationList(node.initializer) ? node.initializer : undefined;
}

/** What the module as a whole imports and exports. */
function checkModule(ts: Compiler, source: TypeScript.SourceFile, report: Report): void {
  const exported: string[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) checkImport(ts, statement, report);
    else if (ts.isImportEqualsDeclaration(statement)) report(statement, 'import', 'Write import { … } from the kit.');
    else if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement))
      report(statement, 'import', 'Only "export const agent = defineAgent({ … })" may be exported.');
    else if (ts.isVariableStatement(statement)) exported.push(...checkTopLevel(ts, statement, report));
    else if (!isDefinition(ts, statement))
      report(statement, 'forbidden', 'The top of the file holds definitions only: move statements into a tool.');
  }
  if (exported.length !== 1 || exported[0] !== 'agent')
    report(source, 'missing', 'The file must export exactly one constant: export const agent = defineAgent({ … }).');
}

function checkImport(ts: Compiler, statement: TypeScript.ImportDeclaration, report: Report): void {
  const { moduleSpecifier, importClause, attributes } = statement;
  if (!ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== KIT_MODULE || attributes !== undefined)
    report(statement, 'import', `Only "${KIT_MODULE}" may be imported: remove this import.`);
  const bindings = importClause?.namedBindings;
  if (importClause?.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings))
    report(statement, 'import', `Import the kit by names: import { defineAgent } from '${KIT_MODULE}'.`);
}

function checkTopLevel(ts: Compiler, statement: TypeScript.VariableStatement, report: Report): string[] {
  const isConst = (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const;
  if (!isConst) report(statement, 'forbidden', 'Nothing is kept between calls: use const at the top of the file.');
  const isExported = statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
  return isExported ? statement.declarationList.declarations.map((declaration) => declaration.name.getText()) : [];
}

const isDefinition = (ts: Compiler, statement: TypeScript.Statement): boolean =>
  (ts.isFunctionDeclaration(statement) && statement.modifiers === undefined) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement) ||
  ts.isEmptyStatement(statement);

function declaredNames(ts: Compiler, source: TypeScript.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (ts.isIdentifier(node) && isDeclarationName(ts, node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** Whether the identifier brings a name into a scope of values. */
function isDeclarationName(ts: Compiler, node: TypeScript.Identifier): boolean {
  const { parent } = node;
  const declares =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isFunctionExpression(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isClassLike(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isModuleDeclaration(parent);
  return declares && parent.name === node && !isWithinType(ts, node);
}

/** False for names of members, labels and types: they read no variable. */
function isValueReference(ts: Compiler, node: TypeScript.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) return parent.name !== node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  return !isWithinType(ts, node);
}

/** Types vanish before the code runs; interfaces and aliases too. */
function isWithinType(ts: Compiler, node: Node): boolean {
  for (let at: Node = node; at.parent !== undefined; at = at.parent) {
    // `eval<string>` is an expression, though the compiler counts its node among the types.
    if (ts.isTypeNode(at) && !ts.isExpressionWithTypeArguments(at)) return true;
    if (ts.isInterfaceDeclaration(at) || ts.isTypeAliasDeclaration(at) || ts.isTypeParameterDeclaration(at))
      return true;
    if (ts.isStatement(at)) return false;
  }
  return false;
}

import { type PolicyValidationPluginReport, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Accepts a finding of cdk-nag's AwsSolutions pack, with the reason that a reviewer reads. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

interface Wildcard {
  readonly scope: IConstruct;
  readonly resource: string;
  readonly reason: string;
}

const wildcards = new WeakMap<IConstruct, Wildcard[]>();

/**
 * Accepts that policies below `scope` name these resources with a wildcard, and no other: cdk-nag reports each by its
 * own id, made of the text it has in the template, which is known only when the references between stacks are settled.
 */
export function acknowledgeWildcards(scope: IConstruct, resources: readonly string[], reason: string): void {
  const known = wildcards.get(scope.node.root) ?? [];
  wildcards.set(scope.node.root, [...known, ...resources.map((resource) => ({ scope, resource, reason }))]);
}

/** The AwsSolutions pack, which first learns the ids of the wildcards acknowledged above. */
export class ReviewedSolutionsChecks extends AwsSolutionsChecks {
  override validateScope(root: IConstruct): PolicyValidationPluginReport {
    for (const { scope, resource, reason } of wildcards.get(root) ?? []) {
      const id = `IAM5[Resource::${asText(Stack.of(scope).resolve(resource))}]`;
      acknowledge(scope, id, reason);
    }
    return super.validateScope(root);
  }
}

/** A resolved value as cdk-nag writes it in ids: `{ Ref: X }` is `<X>`, `{ Fn::GetAtt: [X, Arn] }` is `<X.Arn>`. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? ['', ''];
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(asText).join(separator);
  }
  return asText(argument);
}

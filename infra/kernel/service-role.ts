import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcards } from './acknowledge.ts';

/** One thing a role may do: exact actions on exact resources. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
}

export const statementOf = ({ actions, resources, conditions }: Permission): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions ? { conditions } : {}) });

export const wildcardsOf = (permissions: readonly Permission[]): string[] =>
  permissions.flatMap(({ resources }) => resources).filter((resource) => resource.includes('*'));

/** Gives a role its permissions; `wildcardReason` says why some resources cannot be named in full. */
export function permit(role: Role, permissions: readonly Permission[], wildcardReason: string): void {
  for (const permission of permissions) role.addToPolicy(statementOf(permission));
  acknowledgeWildcards(role, wildcardsOf(permissions), wildcardReason);
}

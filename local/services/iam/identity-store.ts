import type { CloudContext, JsonObject, KeyValueStore, RolePolicies } from '../../core/service.ts';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts';
import type { StoredManagedPolicy, StoredRole } from './identities.ts';

export interface IdentityStore {
  readonly role: (roleName: string) => StoredRole | undefined;
  readonly putRole: (role: StoredRole) => void;
  readonly deleteRole: (roleName: string) => void;
  readonly roles: () => StoredRole[];
  readonly policy: (arn: string) => StoredManagedPolicy | undefined;
  readonly putPolicy: (policy: StoredManagedPolicy) => void;
  readonly deletePolicy: (arn: string) => void;
  readonly policies: () => StoredManagedPolicy[];
}

/** Roles and customer managed policies, kept durably. */
export const identityStore = (context: Pick<CloudContext, 'store'>): IdentityStore => {
  const records: KeyValueStore = context.store('iam');
  return {
    role: (roleName) => records.get<StoredRole>(`role/${roleName}`),
    putRole: (role) => records.put(`role/${role.roleName}`, role),
    deleteRole: (roleName) => records.delete(`role/${roleName}`),
    roles: () => records.list<StoredRole>('role/').map(({ value }) => value),
    policy: (arn) => AWS_MANAGED_POLICIES.get(arn) ?? records.get<StoredManagedPolicy>(`policy/${arn}`),
    putPolicy: (policy) => records.put(`policy/${policy.arn}`, policy),
    deletePolicy: (arn) => records.delete(`policy/${arn}`),
    policies: () => records.list<StoredManagedPolicy>('policy/').map(({ value }) => value),
  };
};

/**
 * The policies that decide what a role may do, read afresh at each call so that a changed policy counts at once.
 * A permissions boundary that no longer exists allows nothing.
 */
export const rolePoliciesOf =
  (store: IdentityStore) =>
  (roleName: string): RolePolicies | undefined => {
    const role = store.role(roleName);
    if (role === undefined) return undefined;
    const attached = role.attachedPolicyArns.flatMap((arn) => store.policy(arn)?.document ?? []);
    const boundary = role.boundaryArn === undefined ? undefined : (store.policy(role.boundaryArn)?.document ?? '{}');
    return {
      roleArn: role.arn,
      trustPolicy: parsePolicy(role.assumeRolePolicyDocument),
      identityPolicies: [...Object.values(role.inlinePolicies), ...attached].map(parsePolicy),
      boundary: boundary === undefined ? undefined : parsePolicy(boundary),
    };
  };

const parsePolicy = (document: string): JsonObject => JSON.parse(document) as JsonObject;

import type { DeclaredResource, JsonObject, ResourceProvider } from '../../core/service.ts';
import type { StoredManagedPolicy, StoredRole, Tag } from './identities.ts';
import type { IamDependencies } from './operations.ts';
import { draftRole, requireRole, uniqueId, withInlinePolicy } from './roles.ts';

interface DeclaredPolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: JsonObject;
}

/** Roles and policies of the synthesized template. */
export const iamProviders = (dependencies: IamDependencies): ResourceProvider[] => [
  { type: 'AWS::IAM::Role', ensure: async (resource) => ensureRole(dependencies, resource) },
  { type: 'AWS::IAM::Policy', ensure: async (resource) => ensurePolicy(dependencies, resource) },
  { type: 'AWS::IAM::RolePolicy', ensure: async (resource) => ensurePolicy(dependencies, resource) },
  { type: 'AWS::IAM::ManagedPolicy', ensure: async (resource) => ensureManagedPolicy(dependencies, resource) },
];

/**
 * Sets the role to what the template says. Its inline policies start over at each start: those the template declares
 * apart (`AWS::IAM::Policy`) come after the role they refer to, and one that was removed must not linger.
 */
const ensureRole = ({ store, context }: IamDependencies, { properties, physicalName }: DeclaredResource) => {
  const declared = properties as unknown as {
    RoleName?: string;
    Path?: string;
    AssumeRolePolicyDocument: JsonObject;
    Description?: string;
    MaxSessionDuration?: number;
    PermissionsBoundary?: string;
    Policies?: DeclaredPolicy[];
    ManagedPolicyArns?: string[];
    Tags?: Tag[];
  };
  const roleName = declared.RoleName ?? physicalName.slice(0, 64);
  const drafted = draftRole(
    store,
    context.accountId,
    {
      roleName,
      path: declared.Path,
      assumeRolePolicyDocument: JSON.stringify(declared.AssumeRolePolicyDocument),
      description: declared.Description,
      maxSessionDurationSeconds: declared.MaxSessionDuration,
      boundaryArn: declared.PermissionsBoundary,
      tags: declared.Tags,
    },
    store.role(roleName)?.createdAt ?? context.clock.now(),
  );
  const attached = { ...drafted, attachedPolicyArns: declared.ManagedPolicyArns ?? [] };
  const role = (declared.Policies ?? []).reduce<StoredRole>(
    (current, policy) => withInlinePolicy(current, policy.PolicyName, JSON.stringify(policy.PolicyDocument)),
    attached,
  );
  store.putRole(role);
  return { ref: role.roleName, attributes: { Arn: role.arn, RoleId: role.roleId } };
};

const ensurePolicy = ({ store }: IamDependencies, { properties, physicalName }: DeclaredResource) => {
  const declared = properties as unknown as Partial<DeclaredPolicy> & { Roles?: string[]; RoleName?: string };
  const policyName = declared.PolicyName ?? physicalName.slice(0, 128);
  for (const roleName of declared.Roles ?? [declared.RoleName ?? '']) {
    const role = requireRole(store, roleName);
    store.putRole(withInlinePolicy(role, policyName, JSON.stringify(declared.PolicyDocument)));
  }
  return { ref: policyName, attributes: { Id: policyName } };
};

const ensureManagedPolicy = ({ store, context }: IamDependencies, { properties, physicalName }: DeclaredResource) => {
  const declared = properties as unknown as {
    ManagedPolicyName?: string;
    Path?: string;
    Description?: string;
    PolicyDocument: JsonObject;
    Roles?: string[];
  };
  const policyName = declared.ManagedPolicyName ?? physicalName.slice(0, 128);
  const path = declared.Path ?? '/';
  const arn = `arn:aws:iam::${context.accountId}:policy${path}${policyName}`;
  const policy: StoredManagedPolicy = {
    policyName,
    policyId: uniqueId('ANPA', arn),
    path,
    arn,
    document: JSON.stringify(declared.PolicyDocument),
    description: declared.Description,
    createdAt: store.policy(arn)?.createdAt ?? context.clock.now(),
  };
  store.putPolicy(policy);
  for (const roleName of declared.Roles ?? []) {
    const role = requireRole(store, roleName);
    store.putRole({ ...role, attachedPolicyArns: [...new Set([...role.attachedPolicyArns, arn])] });
  }
  return { ref: arn, attributes: { PolicyArn: arn, PolicyId: policy.policyId } };
};

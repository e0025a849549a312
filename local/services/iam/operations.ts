import type * as client from '@aws-sdk/client-iam';
import type { Handlers } from '../../core/schema-service.ts';
import type { CloudContext } from '../../core/service.ts';
import type { StoredManagedPolicy, StoredRole, Tag } from './identities.ts';
import type { IdentityStore } from './identity-store.ts';
import {
  alreadyExists,
  checkDeletable,
  checkPolicyDocument,
  deleteConflict,
  draftRole,
  mergeTags,
  noSuchEntity,
  requireInlinePolicy,
  requirePolicy,
  requireRole,
  uniqueId,
  withInlinePolicy,
  withoutInlinePolicy,
} from './roles.ts';

export type IamHandlers = Handlers<typeof client>;

export interface IamDependencies {
  readonly store: IdentityStore;
  readonly context: Pick<CloudContext, 'accountId' | 'clock'>;
}

/** The served IAM operations, by name. Lists answer in one page: an embedded account holds few enough. */
export const iamOperations = (dependencies: IamDependencies): IamHandlers => ({
  ...roleOperations(dependencies),
  ...inlinePolicyOperations(dependencies),
  ...managedPolicyOperations(dependencies),
  ...roleTagOperations(dependencies),
});

const roleOperations = ({ store, context }: IamDependencies): IamHandlers => ({
  CreateRole: (input) => {
    const role = draftRole(
      store,
      context.accountId,
      {
        roleName: input.RoleName ?? '',
        path: input.Path,
        assumeRolePolicyDocument: input.AssumeRolePolicyDocument ?? '',
        description: input.Description,
        maxSessionDurationSeconds: input.MaxSessionDuration,
        boundaryArn: input.PermissionsBoundary,
        tags: input.Tags as Tag[] | undefined,
      },
      context.clock.now(),
    );
    if (store.role(role.roleName) !== undefined) {
      throw alreadyExists(`Role with name ${role.roleName} already exists.`);
    }
    store.putRole(role);
    return { Role: describeRole(role) };
  },
  GetRole: (input) => ({ Role: describeRole(requireRole(store, input.RoleName)) }),
  ListRoles: (input) => ({
    Roles: store
      .roles()
      .filter((role) => role.path.startsWith(input.PathPrefix ?? '/'))
      .map((role) => ({ ...describeRole(role), Tags: undefined, PermissionsBoundary: undefined })),
    IsTruncated: false,
  }),
  DeleteRole: (input) => {
    const role = requireRole(store, input.RoleName);
    checkDeletable(role);
    store.deleteRole(role.roleName);
    return {};
  },
  UpdateAssumeRolePolicy: (input) => {
    const role = requireRole(store, input.RoleName);
    checkPolicyDocument(input.PolicyDocument ?? '');
    store.putRole({ ...role, assumeRolePolicyDocument: input.PolicyDocument ?? '' });
    return {};
  },
  PutRolePermissionsBoundary: (input) => {
    const role = requireRole(store, input.RoleName);
    store.putRole({ ...role, boundaryArn: requirePolicy(store, input.PermissionsBoundary).arn });
    return {};
  },
  // Instance profiles belong to EC2, which is not part of this cloud; tools ask for them before they delete a role.
  ListInstanceProfilesForRole: (input) => {
    requireRole(store, input.RoleName);
    return { InstanceProfiles: [], IsTruncated: false };
  },
});

const inlinePolicyOperations = ({ store }: IamDependencies): IamHandlers => ({
  PutRolePolicy: (input) => {
    const role = requireRole(store, input.RoleName);
    store.putRole(withInlinePolicy(role, input.PolicyName ?? '', input.PolicyDocument ?? ''));
    return {};
  },
  GetRolePolicy: (input) => {
    const document = requireInlinePolicy(requireRole(store, input.RoleName), input.PolicyName ?? '');
    return { RoleName: input.RoleName, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
  },
  DeleteRolePolicy: (input) => {
    store.putRole(withoutInlinePolicy(requireRole(store, input.RoleName), input.PolicyName ?? ''));
    return {};
  },
  ListRolePolicies: (input) => ({
    PolicyNames: Object.keys(requireRole(store, input.RoleName).inlinePolicies),
    IsTruncated: false,
  }),
});

const managedPolicyOperations = ({ store, context }: IamDependencies): IamHandlers => ({
  CreatePolicy: (input) => {
    checkPolicyDocument(input.PolicyDocument ?? '');
    const path = input.Path ?? '/';
    const arn = `arn:aws:iam::${context.accountId}:policy${path}${input.PolicyName}`;
    if (store.policy(arn) !== undefined) {
      throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
    }
    const createdAt = context.clock.now();
    const policy: StoredManagedPolicy = {
      policyName: input.PolicyName ?? '',
      policyId: uniqueId('ANPA', arn),
      path,
      arn,
      document: input.PolicyDocument ?? '',
      description: input.Description,
      createdAt,
    };
    store.putPolicy(policy);
    return { Policy: describePolicy(store, policy) };
  },
  GetPolicy: (input) => ({
    Policy: describePolicy(store, requirePolicy(store, input.PolicyArn)),
  }),
  GetPolicyVersion: (input) => {
    const { document, createdAt } = requirePolicy(store, input.PolicyArn);
    const PolicyVersion = {
      Document: encodeURIComponent(document),
      VersionId: 'v1',
      IsDefaultVersion: true,
      CreateDate: new Date(createdAt),
    };
    return { PolicyVersion };
  },
  DeletePolicy: (input) => {
    const { arn } = requirePolicy(store, input.PolicyArn);
    if (attachmentsOf(store, arn) > 0) throw deleteConflict('Cannot delete a policy attached to entities.');
    store.deletePolicy(arn);
    return {};
  },
  AttachRolePolicy: (input) => {
    const role = requireRole(store, input.RoleName);
    const { arn } = requirePolicy(store, input.PolicyArn);
    store.putRole({ ...role, attachedPolicyArns: [...new Set([...role.attachedPolicyArns, arn])] });
    return {};
  },
  DetachRolePolicy: (input) => {
    const role = requireRole(store, input.RoleName);
    const attachedPolicyArns = role.attachedPolicyArns.filter((arn) => arn !== input.PolicyArn);
    if (attachedPolicyArns.length === role.attachedPolicyArns.length) {
      throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    }
    store.putRole({ ...role, attachedPolicyArns });
    return {};
  },
  ListAttachedRolePolicies: (input) => ({
    AttachedPolicies: requireRole(store, input.RoleName).attachedPolicyArns.map((arn) => ({
      PolicyName: arn.split('/').at(-1),
      PolicyArn: arn,
    })),
    IsTruncated: false,
  }),
});

const roleTagOperations = ({ store }: IamDependencies): IamHandlers => ({
  TagRole: (input) => {
    const role = requireRole(store, input.RoleName);
    store.putRole({ ...role, tags: mergeTags(role.tags, (input.Tags ?? []) as Tag[]) });
    return {};
  },
  UntagRole: (input) => {
    const role = requireRole(store, input.RoleName);
    store.putRole({ ...role, tags: role.tags.filter((tag) => !input.TagKeys?.includes(tag.Key)) });
    return {};
  },
  ListRoleTags: (input) => ({
    Tags: [...requireRole(store, input.RoleName).tags],
    IsTruncated: false,
  }),
});

const describeRole = (role: StoredRole) => ({
  Path: role.path,
  RoleName: role.roleName,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  // IAM hands policy documents out URL-encoded (RFC 3986).
  AssumeRolePolicyDocument: encodeURIComponent(role.assumeRolePolicyDocument),
  Description: role.description,
  MaxSessionDuration: role.maxSessionDurationSeconds,
  PermissionsBoundary:
    role.boundaryArn === undefined
      ? undefined
      : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const, PermissionsBoundaryArn: role.boundaryArn },
  Tags: role.tags.length === 0 ? undefined : [...role.tags],
});

const describePolicy = (store: IdentityStore, policy: StoredManagedPolicy) => ({
  PolicyName: policy.policyName,
  PolicyId: policy.policyId,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: 'v1',
  AttachmentCount: attachmentsOf(store, policy.arn),
  IsAttachable: true,
  Description: policy.description,
  CreateDate: new Date(policy.createdAt),
  UpdateDate: new Date(policy.createdAt),
});

const attachmentsOf = (store: IdentityStore, arn: string): number =>
  store.roles().filter((role) => role.attachedPolicyArns.includes(arn) || role.boundaryArn === arn).length;

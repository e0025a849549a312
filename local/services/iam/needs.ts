import type { CloudContext, Need } from '../../core/service.ts';
import type { Tag } from './identities.ts';
import type { IdentityStore } from './identity-store.ts';

interface IamInput {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly PolicyName?: string;
  readonly PolicyArn?: string;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly Tag[];
}

/** Operations whose condition key `iam:PermissionsBoundary` is the boundary the role has already. */
const GUARDED_BY_BOUNDARY = new Set(['AttachRolePolicy', 'DeleteRolePolicy', 'DetachRolePolicy', 'PutRolePolicy']);

/** Permissions of one IAM request, with the condition keys of the Service Authorization Reference for IAM. */
export const iamNeeds = (
  operation: string,
  input: IamInput,
  { store, context }: { store: IdentityStore; context: Pick<CloudContext, 'accountId'> },
): Need[] => {
  const action = `iam:${operation}`;
  const account = `arn:aws:iam::${context.accountId}`;
  if (input.RoleName === undefined) {
    const policyArn = input.PolicyArn ?? `${account}:policy${input.Path ?? '/'}${input.PolicyName ?? '*'}`;
    return [{ action, resource: operation === 'ListRoles' ? `${account}:role/*` : policyArn }];
  }
  const role = store.role(input.RoleName);
  const resource = role?.arn ?? `${account}:role${input.Path ?? '/'}${input.RoleName}`;
  const boundary = GUARDED_BY_BOUNDARY.has(operation) ? role?.boundaryArn : input.PermissionsBoundary;
  const requestTags = (input.Tags ?? []).map((tag) => [`aws:RequestTag/${tag.Key}`, tag.Value]);
  const resourceTags = (role?.tags ?? []).map((tag) => [`aws:ResourceTag/${tag.Key}`, tag.Value]);
  const conditions: Record<string, string> = {
    ...Object.fromEntries(requestTags),
    ...Object.fromEntries(resourceTags),
    ...(boundary !== undefined && { 'iam:PermissionsBoundary': boundary }),
    ...(input.PolicyArn !== undefined && { 'iam:PolicyARN': input.PolicyArn }),
  };
  const need: Need = { action, resource, context: conditions };
  // Tags given at creation ask for the tagging permission too (IAM user guide, "Tagging IAM roles").
  const tagsAtCreation = operation === 'CreateRole' && requestTags.length > 0;
  return tagsAtCreation ? [need, { ...need, action: 'iam:TagRole' }] : [need];
};

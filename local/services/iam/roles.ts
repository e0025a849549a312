import { createHash } from 'node:crypto';
import { AwsError } from '../../core/service.ts';
import type { StoredManagedPolicy, StoredRole, Tag } from './identities.ts';
import type { IdentityStore } from './identity-store.ts';

/** A role as its maker describes it. */
export interface RoleDraft {
  readonly roleName: string;
  readonly path?: string | undefined;
  readonly assumeRolePolicyDocument: string;
  readonly description?: string | undefined;
  readonly maxSessionDurationSeconds?: number | undefined;
  readonly boundaryArn?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const NAME = /^[\w+=,.@-]+$/;
const LONGEST_ROLE_NAME = 64;
const LONGEST_POLICY_NAME = 128;
/** IAM quotas: characters of all inline policies of a role, tags of a role (IAM user guide, "IAM and STS quotas"). */
const INLINE_POLICY_CHARACTERS = 10_240;
const MAX_TAGS = 50;

/** The role, checked and complete. Throws `ValidationError`, `MalformedPolicyDocument`, `NoSuchEntity` (boundary). */
export const draftRole = (store: IdentityStore, accountId: string, draft: RoleDraft, createdAt: number): StoredRole => {
  const path = draft.path ?? '/';
  checkName('roleName', draft.roleName, LONGEST_ROLE_NAME);
  if (!/^\/(?:[!-~]+\/)?$/.test(path)) throw validation(`The specified value for path is invalid: ${path}`);
  checkPolicyDocument(draft.assumeRolePolicyDocument);
  if (draft.boundaryArn !== undefined && store.policy(draft.boundaryArn) === undefined) {
    throw noSuchEntity(`Scope ARN: ${draft.boundaryArn} does not exist or is not attachable.`);
  }
  return {
    roleName: draft.roleName,
    path,
    roleId: uniqueId('AROA', `${draft.roleName}@${createdAt}`),
    arn: `arn:aws:iam::${accountId}:role${path}${draft.roleName}`,
    assumeRolePolicyDocument: draft.assumeRolePolicyDocument,
    description: draft.description,
    maxSessionDurationSeconds: draft.maxSessionDurationSeconds ?? 3600,
    boundaryArn: draft.boundaryArn,
    tags: mergeTags([], draft.tags ?? []),
    createdAt,
    inlinePolicies: {},
    attachedPolicyArns: [],
  };
};

/** Throws `NoSuchEntity`. */
export const requireRole = (store: IdentityStore, roleName: string | undefined): StoredRole => {
  const role = roleName === undefined ? undefined : store.role(roleName);
  if (role === undefined) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return role;
};

/** Throws `NoSuchEntity`. */
export const requirePolicy = (store: IdentityStore, arn: string | undefined): StoredManagedPolicy => {
  const policy = arn === undefined ? undefined : store.policy(arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
};

/** The role with one inline policy set. Throws `MalformedPolicyDocument`, `LimitExceeded`. */
export const withInlinePolicy = (role: StoredRole, policyName: string, document: string): StoredRole => {
  checkName('policyName', policyName, LONGEST_POLICY_NAME);
  checkPolicyDocument(document);
  const inlinePolicies = { ...role.inlinePolicies, [policyName]: document };
  const characters = Object.values(inlinePolicies).join('').replace(/\s/g, '').length;
  if (characters > INLINE_POLICY_CHARACTERS) {
    throw limitExceeded(`Maximum policy size of ${INLINE_POLICY_CHARACTERS} bytes exceeded for role ${role.roleName}`);
  }
  return { ...role, inlinePolicies };
};

/** Throws `NoSuchEntity`. */
export const withoutInlinePolicy = (role: StoredRole, policyName: string): StoredRole => {
  requireInlinePolicy(role, policyName);
  const { [policyName]: _removed, ...inlinePolicies } = role.inlinePolicies;
  return { ...role, inlinePolicies };
};

/** Throws `NoSuchEntity`. */
export const requireInlinePolicy = (role: StoredRole, policyName: string): string => {
  const document = role.inlinePolicies[policyName];
  if (document === undefined) throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`);
  return document;
};

/** IAM deletes only a role that has nothing left. Throws `DeleteConflict`. */
export const checkDeletable = (role: StoredRole): void => {
  if (role.attachedPolicyArns.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (Object.keys(role.inlinePolicies).length > 0) {
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  }
};

/** Throws `MalformedPolicyDocument` unless the text is a policy with statements. */
export const checkPolicyDocument = (document: string): void => {
  const statements = statementsOf(document);
  const complete = statements.every(
    (statement) =>
      typeof statement === 'object' &&
      statement !== null &&
      ['Allow', 'Deny'].includes(String((statement as Record<string, unknown>).Effect)) &&
      ('Action' in statement || 'NotAction' in statement),
  );
  if (statements.length === 0 || !complete) throw malformedPolicy('Syntax errors in policy.');
};

const statementsOf = (document: string): unknown[] => {
  try {
    const parsed: unknown = JSON.parse(document);
    const statement = (parsed as { Statement?: unknown } | null)?.Statement;
    return Array.isArray(statement) ? statement : statement === undefined ? [] : [statement];
  } catch {
    throw malformedPolicy('This policy contains invalid Json');
  }
};

/** Throws `LimitExceeded`. */
export const mergeTags = (tags: readonly Tag[], added: readonly Tag[]): Tag[] => {
  const merged = new Map([...tags, ...added].map((tag) => [tag.Key, tag]));
  if (merged.size > MAX_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit of ${MAX_TAGS}.`);
  return [...merged.values()];
};

/** An id of IAM's form: prefix and 17 upper-case letters or digits. */
export const uniqueId = (prefix: string, seed: string): string =>
  prefix +
  BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 17);

const checkName = (member: string, name: string, longest: number): void => {
  if (!NAME.test(name)) {
    throw validation(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  if (name.length > longest) {
    throw validation(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    );
  }
};

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntityException', message, 404);
export const alreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExistsException', message, 409);
export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflictException', message, 409);
const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message, 409);
const validation = (message: string): AwsError => new AwsError('ValidationError', message, 400);
const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocumentException', message, 400);

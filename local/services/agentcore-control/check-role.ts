import type { CloudContext, JsonObject } from '../../core/service.ts';
import { validation } from '../bedrock/common.ts';
import { identityStore } from '../iam/index.ts';

const PRINCIPAL = 'bedrock-agentcore.amazonaws.com';

/**
 * AgentCore's look at an execution role. IAM's news take seconds to reach it: a role younger than `propagationMs` (on
 * the cloud's clock) is as good as none. The check throws `ValidationException`.
 */
export const roleCheck = (context: Pick<CloudContext, 'store' | 'clock'>, propagationMs: number) => {
  const identities = identityStore(context);
  return (roleArn: string): void => {
    const role = identities.role(roleArn.split('/').at(-1) ?? '');
    const isKnown = role?.arn === roleArn && context.clock.now() >= role.createdAt + propagationMs;
    if (isKnown && trusts(JSON.parse(role.assumeRolePolicyDocument) as JsonObject)) return;
    throw validation(
      `Role validation failed for '${roleArn}'. Please verify that the role exists and its trust policy allows assumption by this service`,
    );
  };
};

const trusts = ({ Statement }: JsonObject): boolean =>
  [Statement].flat().some((statement) => {
    const { Effect, Principal } = statement as { Effect?: string; Principal?: { Service?: string | string[] } };
    return Effect === 'Allow' && [Principal?.Service ?? []].flat().includes(PRINCIPAL);
  });

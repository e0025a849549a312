import { type ConditionContext, type Decision, evaluate } from './policy.ts';
import { AwsError, type Need, type Principal, type RolePolicies } from './service.ts';

export interface Authorizer {
  /** Throws `AccessDeniedException` (403) that names action, resource and reason, as AWS words it. */
  readonly authorize: (principal: Principal, needs: readonly Need[]) => Promise<void>;
  readonly authorizeRole: (roleArn: string, needs: readonly Need[]) => Promise<void>;
}

export interface AuthorizerDependencies {
  readonly accountId: string;
  readonly region: string;
  readonly rolePolicies: (roleName: string) => RolePolicies | undefined;
  readonly now: () => number;
}

const REASONS: Readonly<Record<'identity' | 'boundary', Readonly<Record<Exclude<Decision, 'allowed'>, string>>>> = {
  identity: {
    'explicit-deny': 'with an explicit deny in an identity-based policy',
    'implicit-deny': 'because no identity-based policy allows the action',
  },
  boundary: {
    'explicit-deny': 'with an explicit deny in a permissions boundary',
    'implicit-deny': 'because no permissions boundary allows the action',
  },
};

function denial(policies: RolePolicies, need: Need, context: ConditionContext): string | undefined {
  const identity = evaluate(policies.identityPolicies, need, context);
  if (identity !== 'allowed') return REASONS.identity[identity];
  if (policies.boundary === undefined) return undefined;
  const boundary = evaluate([policies.boundary], need, context);
  return boundary === 'allowed' ? undefined : REASONS.boundary[boundary];
}

/** Decides by the role's policies at this moment: identity policies, permissions boundary, conditions, explicit denies. */
export function makeAuthorizer({ accountId, region, rolePolicies, now }: AuthorizerDependencies): Authorizer {
  const authorize: Authorizer['authorize'] = async (principal, needs) => {
    if (principal.kind === 'root' || needs.length === 0) return;
    const policies = principal.roleName === undefined ? undefined : rolePolicies(principal.roleName);
    for (const need of needs) {
      const context: ConditionContext = {
        'aws:PrincipalArn': policies?.roleArn ?? principal.arn,
        'aws:PrincipalAccount': accountId,
        'aws:ResourceAccount': accountId,
        'aws:RequestedRegion': region,
        // Loopback stands for the TLS that every AWS endpoint speaks.
        'aws:SecureTransport': 'true',
        'aws:CurrentTime': new Date(now()).toISOString(),
        ...need.context,
      };
      const reason = policies ? denial(policies, need, context) : 'because the role does not exist';
      if (reason === undefined) continue;
      const what = `${need.action} on resource: ${need.resource}`;
      throw new AwsError(
        'AccessDeniedException',
        `User: ${principal.arn} is not authorized to perform: ${what} ${reason}`,
        403,
      );
    }
  };
  return {
    authorize,
    authorizeRole: (roleArn, needs) => {
      const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
      return authorize({ kind: 'role', arn: roleArn, roleName, accessKeyId: '' }, needs);
    },
  };
}

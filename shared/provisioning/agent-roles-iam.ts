import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { AgentRoles } from './agent-roles.ts';
import { ignoring, isNamed } from './aws-errors.ts';

/** The one inline policy of an agent's role. */
const POLICY_NAME = 'agent';

interface RoleSettings {
  readonly path: string;
  readonly boundaryArn: string;
  readonly trust: object;
}

/** Removes roles; for functions that never make one. */
export const iamRoleRemoval = (client = new IAMClient({})): Pick<AgentRoles, 'remove'> => ({
  remove: async (RoleName) => {
    // Looked for first: the right to delete is by path, and IAM refuses it for a role that is gone, which has none.
    if ((await ignoring('NoSuchEntityException', client.send(new GetRoleCommand({ RoleName })))) === undefined) return;
    await ignoring(
      'NoSuchEntityException',
      client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: POLICY_NAME })),
    );
    await ignoring('NoSuchEntityException', client.send(new DeleteRoleCommand({ RoleName })));
  },
});

/** Roles in IAM. */
export const iamAgentRoles = ({ path, boundaryArn, trust }: RoleSettings, client = new IAMClient({})): AgentRoles => ({
  ...iamRoleRemoval(client),
  ensure: async ({ roleName, allowances, tags }) => {
    const arn = await createRole(client, {
      RoleName: roleName,
      Path: path,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      PermissionsBoundary: boundaryArn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: allowances });
    await client.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: POLICY_NAME, PolicyDocument }));
    return arn;
  },
});

const createRole = async (
  client: IAMClient,
  role: ConstructorParameters<typeof CreateRoleCommand>[0],
): Promise<string> => {
  try {
    const { Role } = await client.send(new CreateRoleCommand(role));
    if (Role?.Arn !== undefined) return Role.Arn;
  } catch (error) {
    if (!isNamed(error, 'EntityAlreadyExistsException')) throw error;
  }
  const { Role } = await client.send(new GetRoleCommand({ RoleName: role.RoleName }));
  if (Role?.Arn === undefined) throw new Error(`IAM gave no ARN for the role ${role.RoleName}.`);
  return Role.Arn;
};

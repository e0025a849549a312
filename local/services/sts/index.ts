import * as client from '@aws-sdk/client-sts';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';

type Context = Pick<CloudContext, 'accountId' | 'clock' | 'credentialsOfRole'>;

/** AWS's default life of assumed credentials; the embedded cloud never expires them earlier. */
const SESSION_SECONDS = 3600;

/** Who am I, and the credentials of a role. */
export function makeSts(context: Context): AwsService {
  return {
    ...defineSchemaService({
      name: 'sts',
      signingName: 'sts',
      client,
      needs: (operation, input: { RoleArn?: string }) =>
        operation === 'AssumeRole' ? [{ action: 'sts:AssumeRole', resource: input.RoleArn ?? '*' }] : [],
      operations: {
        GetCallerIdentity: (_input, { principal }) => ({
          Account: context.accountId,
          Arn: principal.arn,
          UserId: principal.accessKeyId,
        }),
        AssumeRole: async ({ RoleArn = '', RoleSessionName = '', DurationSeconds = SESSION_SECONDS }) => {
          if (!/^arn:aws:iam::\d{12}:role\/.+/.test(RoleArn) || !/^[\w+=,.@-]{2,64}$/.test(RoleSessionName))
            throw new AwsError('ValidationError', 'RoleArn or RoleSessionName is not valid.');
          const credentials = await context.credentialsOfRole(RoleArn, RoleSessionName);
          const roleName = RoleArn.split('/').at(-1);
          return {
            Credentials: {
              AccessKeyId: credentials.accessKeyId,
              SecretAccessKey: credentials.secretAccessKey,
              SessionToken: credentials.sessionToken,
              Expiration: new Date(context.clock.now() + DurationSeconds * 1000),
            },
            AssumedRoleUser: {
              AssumedRoleId: `${credentials.accessKeyId}:${RoleSessionName}`,
              Arn: `arn:aws:sts::${context.accountId}:assumed-role/${roleName}/${RoleSessionName}`,
            },
          };
        },
      },
    }),
    inventory: async () => [],
  };
}

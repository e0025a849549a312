import * as client from '@aws-sdk/client-iam';
import { defineSchemaService } from '../../core/schema-service.ts';
import type { AwsService, CloudContext } from '../../core/service.ts';
import { type IdentityStore, identityStore } from './identity-store.ts';
import { iamNeeds } from './needs.ts';
import { iamOperations } from './operations.ts';
import { iamProviders } from './providers.ts';

export { type IdentityStore, identityStore, rolePoliciesOf } from './identity-store.ts';

/**
 * IAM as far as roles and policies go. Its store is the source of every permission in the embedded cloud:
 * see `rolePoliciesOf`.
 */
export const makeIam = (
  context: Pick<CloudContext, 'accountId' | 'clock' | 'store'>,
  store: IdentityStore = identityStore(context),
): AwsService => ({
  ...defineSchemaService({
    name: 'iam',
    signingName: 'iam',
    client,
    operations: iamOperations({ store, context }),
    needs: (operation, input) => iamNeeds(operation, input, { store, context }),
    resources: iamProviders({ store, context }),
  }),
  inventory: async () => [...store.roles().map((role) => role.arn), ...store.policies().map((policy) => policy.arn)],
});

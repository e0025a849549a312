import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as credentials from '../../../shared/social/manage-channel-credentials.ts';
import { channelCredentialsDependencies } from '../../../shared/social/social-dependencies.ts';
import { SOCIAL_OPERATIONS } from '../../../shared/social/social-operations.ts';

const deps = channelCredentialsDependencies(parseEnv(credentials.ManageChannelCredentialsEnv));
export const handler = httpLambda(SOCIAL_OPERATIONS)({
  putChannelCredentials: credentials.putChannelCredentials(deps),
  getChannelCredentials: credentials.getChannelCredentials(deps),
  deleteChannelCredentials: credentials.deleteChannelCredentials(deps),
});

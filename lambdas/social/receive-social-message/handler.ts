import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as social from '../../../shared/social/receive-social-message.ts';
import { receiveSocialMessageDependencies } from '../../../shared/social/social-dependencies.ts';
import { SOCIAL_OPERATIONS } from '../../../shared/social/social-operations.ts';

const deps = receiveSocialMessageDependencies(parseEnv(social.ReceiveSocialMessageEnv));
export const handler = httpLambda(SOCIAL_OPERATIONS)(social.socialWebhooks(deps));

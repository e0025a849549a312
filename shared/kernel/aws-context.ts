import { setTimeout as pause } from 'node:timers/promises';
import type { AwsContext } from './aws-request.ts';

/** The context Lambda gives to this process. */
export const lambdaAwsContext = (env: Readonly<Record<string, string | undefined>> = process.env): AwsContext => ({
  region: env.AWS_REGION ?? '',
  keys: {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
  },
  endpointUrl: env.AWS_ENDPOINT_URL,
  now: () => Date.now(),
  pause,
});

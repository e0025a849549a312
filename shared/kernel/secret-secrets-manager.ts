import { lambdaAwsContext } from './aws-context.ts';
import { awsJson } from './aws-json.ts';
import type { AwsContext } from './aws-request.ts';

/**
 * The text of a secret, by name or ARN. Signed by hand, as functions of the API do: the SDK's client would take a sixth
 * of their bundle for this one call. Throws what AWS answers, and an `Error` for a secret without text.
 */
export const readSecret = async (SecretId: string, context: AwsContext = lambdaAwsContext()): Promise<string> => {
  const answer = await awsJson(context, 'secretsmanager', 'secretsmanager.GetSecretValue', { SecretId });
  const { SecretString } = answer as { readonly SecretString?: string };
  if (SecretString === undefined || SecretString === '') throw new Error(`The secret ${SecretId} is empty.`);
  return SecretString;
};

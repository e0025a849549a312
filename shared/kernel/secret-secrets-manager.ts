import { lambdaAwsContext } from './aws-context.ts';
import { type AwsContext, awsRequest } from './aws-request.ts';

/**
 * The text of a secret, by name or ARN. Signed by hand, as functions of the API do: the SDK's client would take a sixth
 * of their bundle for this one call. Throws what AWS answers, and an `Error` for a secret without text.
 */
export const readSecret = async (SecretId: string, context: AwsContext = lambdaAwsContext()): Promise<string> => {
  const response = await awsRequest(context, {
    service: 'secretsmanager',
    method: 'POST',
    url: `${context.endpointUrl ?? `https://secretsmanager.${context.region}.amazonaws.com`}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: Buffer.from(JSON.stringify({ SecretId })),
  });
  const { SecretString } = (await response.json()) as { readonly SecretString?: string };
  if (SecretString === undefined || SecretString === '') throw new Error(`The secret ${SecretId} is empty.`);
  return SecretString;
};

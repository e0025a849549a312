import { type AwsContext, awsRequest } from './aws-request.ts';

/** What AWS answers to one operation of a service that speaks JSON 1.1; `target` is its prefix and name. Throws what AWS answers. */
export const awsJson = async (
  context: AwsContext,
  service: string,
  target: string,
  input: object,
): Promise<unknown> => {
  const response = await awsRequest(context, {
    service,
    method: 'POST',
    url: `${context.endpointUrl ?? `https://${service}.${context.region}.amazonaws.com`}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: Buffer.from(JSON.stringify(input)),
  });
  return response.json();
};

import type { CloudContext } from '../core/service.ts';
import type { EventOutcome } from './async-queue.ts';

/** Sends a message to a queue, topic, bus or function with the credentials of the function's role, as Lambda does. */
export type SendToTarget = (
  targetArn: string,
  body: string,
  attributes: Readonly<Record<string, string>>,
  roleArn: string,
) => Promise<void>;

function destinationRecord(
  { config, payload, result, attempts, condition, requestId }: EventOutcome,
  nowMs: number,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    requestContext: { requestId, functionArn: `${config.arn}:$LATEST`, condition, approximateInvokeCount: attempts },
    requestPayload: JSON.parse(payload) as unknown,
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(result.functionError ? { functionError: result.functionError } : {}),
    },
    responsePayload: JSON.parse(result.payload) as unknown,
  });
}

/** Gives the outcome of an asynchronous invocation to its destination, and a failed event to the dead-letter queue. */
export async function deliverOutcome(send: SendToTarget, outcome: EventOutcome, nowMs: number): Promise<void> {
  const { config, invoke, condition, result } = outcome;
  const destination = condition === 'Success' ? invoke.onSuccessArn : invoke.onFailureArn;
  if (destination) await send(destination, destinationRecord(outcome, nowMs), {}, config.roleArn);
  if (condition === 'Success' || !config.deadLetterArn) return;
  const { errorMessage = '' } = JSON.parse(result.payload) as { errorMessage?: string };
  const attributes = { RequestID: outcome.requestId, ErrorCode: '200', ErrorMessage: errorMessage.slice(0, 1024) };
  await send(config.deadLetterArn, outcome.payload, attributes, config.roleArn);
}

const textAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );

/** Sends through the gateway, so that the role's permissions count. Throws for a target of another service. */
export function sendThroughGateway(
  context: Pick<CloudContext, 'endpointUrl' | 'region' | 'credentialsOfRole'>,
): SendToTarget {
  return async (targetArn, body, attributes, roleArn) => {
    const [, , , , accountId, name = ''] = targetArn.split(':');
    const credentials = await context.credentialsOfRole(roleArn, 'awslambda_async');
    const settings = { endpoint: context.endpointUrl(), region: context.region, credentials };
    const [, , service] = targetArn.split(':');
    if (service === 'sqs') {
      const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const QueueUrl = `${settings.endpoint}/${accountId}/${name}`;
      const message = { QueueUrl, MessageBody: body, MessageAttributes: textAttributes(attributes) };
      await new SQSClient(settings).send(new SendMessageCommand(message));
    } else if (service === 'sns') {
      const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns');
      const message = { TopicArn: targetArn, Message: body, MessageAttributes: textAttributes(attributes) };
      await new SNSClient(settings).send(new PublishCommand(message));
    } else if (service === 'lambda') {
      const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
      const call = { FunctionName: targetArn, InvocationType: 'Event', Payload: Buffer.from(body) } as const;
      await new LambdaClient(settings).send(new InvokeCommand(call));
    } else {
      throw new Error(`an asynchronous invocation cannot be sent to ${targetArn}`);
    }
  };
}

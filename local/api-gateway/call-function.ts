import type { FunctionResult, LambdaService } from '../core/service.ts';

/** One call of a function by API Gateway. */
export interface FunctionCall {
  readonly functionArn: string;
  readonly event: object;
  /** ARN of the route or authorizer that calls; the function's resource policy is asked about it. */
  readonly sourceArn: string;
  readonly timeoutMs: number;
}

async function withTimeout(work: Promise<FunctionResult>, timeoutMs: number): Promise<FunctionResult | 'timed-out'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'timed-out'>((resolve) => {
    timer = setTimeout(() => resolve('timed-out'), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** The function goes on when its caller waits no longer. Throws `AwsError` when the function may or can not be called. */
export function callFunction(
  lambda: Pick<LambdaService, 'invoke'>,
  { functionArn, event, sourceArn, timeoutMs }: FunctionCall,
): Promise<FunctionResult | 'timed-out'> {
  const caller = { service: 'apigateway.amazonaws.com', sourceArn };
  return withTimeout(lambda.invoke(functionArn, JSON.stringify(event), caller), timeoutMs);
}

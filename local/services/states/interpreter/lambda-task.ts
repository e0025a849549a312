import type { Json, JsonObject } from '../../../core/service.ts';
import { StatesError } from './errors.ts';
import type { TaskRequest } from './ports.ts';

/** What a synchronous invocation gave; `functionError` is set when the function threw, its payload then describes the error. */
export interface LambdaAnswer {
  readonly payload: Json;
  readonly functionError?: string;
}

/** Invokes a function and waits for its answer. Service errors (`TooManyRequestsException` …) are thrown by name. */
export type InvokeLambda = (call: {
  readonly functionArn: string;
  readonly payload: Json;
  readonly signal: AbortSignal;
}) => Promise<LambdaAnswer>;

const OPTIMIZED = 'arn:aws:states:::lambda:invoke';
const FUNCTION_ARN = /^arn:aws:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/;

/** Whether Lambda can carry out a Task with this resource: by the function's own ARN, or by the optimized integration. */
export const isLambdaResource = (resource: string): boolean => resource === OPTIMIZED || FUNCTION_ARN.test(resource);

/** The function a Task would invoke, once its arguments are known. */
export const functionOf = (request: Pick<TaskRequest, 'resource' | 'arguments'>): string => {
  if (request.resource !== OPTIMIZED) return request.resource;
  const name = objectOf(request.arguments).FunctionName;
  if (typeof name === 'string' && name !== '') return name;
  throw new StatesError('States.Runtime', `The field 'FunctionName' is required but was missing`);
};

/**
 * The `task` port for machines whose tasks are Lambda functions.
 * @throws StatesError named by the function's error type (`Lambda.Unknown` when it has none) or `Lambda.<exception>`
 */
export const lambdaTask =
  (invokeLambda: InvokeLambda) =>
  async (request: TaskRequest): Promise<Json> => {
    if (!isLambdaResource(request.resource)) {
      throw new StatesError('States.Runtime', `The resource '${request.resource}' is not served here`);
    }
    const functionArn = functionOf(request);
    const optimized = request.resource === OPTIMIZED;
    const payload = optimized ? (objectOf(request.arguments).Payload ?? {}) : request.arguments;
    const answer = await answerOf(invokeLambda, { functionArn, payload, signal: request.signal });
    if (answer.functionError !== undefined) throw functionFailure(answer.payload);
    return optimized
      ? {
          ExecutedVersion: '$LATEST',
          Payload: answer.payload,
          StatusCode: 200,
          SdkHttpMetadata: { HttpStatusCode: 200 },
        }
      : answer.payload;
  };

const answerOf = async (
  invokeLambda: InvokeLambda,
  call: { functionArn: string; payload: Json; signal: AbortSignal },
): Promise<LambdaAnswer> => {
  try {
    return await invokeLambda(call);
  } catch (error) {
    if (call.signal.aborted || !(error instanceof Error)) throw error;
    // Step Functions names Lambda's own errors with the service in front, as in Lambda.TooManyRequestsException.
    throw new StatesError(error.name.includes('.') ? error.name : `Lambda.${error.name}`, error.message);
  }
};

const functionFailure = (payload: Json): StatesError => {
  const { errorType } = objectOf(payload);
  return new StatesError(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', JSON.stringify(payload));
};

const objectOf = (value: Json): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

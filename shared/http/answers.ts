import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../kernel/log.ts';
import { PROBLEMS, ProblemError, problem, problemDocument } from '../kernel/problems.ts';
import type { ApiAnswer } from './request.ts';

interface Asked {
  readonly requestId: string;
  /** Path of the request. */
  readonly instance: string;
}

/** What API Gateway sends for an answer. Nothing of a tenant's may lie in a shared cache. */
export const answerOf = (answer: ApiAnswer, { requestId }: Asked): APIGatewayProxyStructuredResultV2 => {
  const headers = { 'cache-control': 'no-store', 'x-request-id': requestId, ...answer.headers };
  if (answer.raw !== undefined) {
    return {
      statusCode: answer.status,
      headers: { 'content-type': answer.raw.contentType, ...headers },
      body: Buffer.from(answer.raw.content).toString('base64'),
      isBase64Encoded: true,
    };
  }
  if (answer.body === undefined) return { statusCode: answer.status, headers };
  return {
    statusCode: answer.status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(answer.body),
  };
};

/** RFC 9457 for whatever was thrown. */
export const problemAnswer = (thrown: unknown, asked: Asked, log: Log): APIGatewayProxyStructuredResultV2 => {
  const error = problemOf(thrown);
  const { status, retryable } = PROBLEMS[error.code];
  const fields = { requestId: asked.requestId, problem: error.code, status };
  if (status >= 500) log('http.request.failed', fields, thrown);
  else log('http.request.refused', fields);
  const retryAfter = error.retryAfterSeconds ?? (retryable ? 1 : undefined);
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': asked.requestId,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
    body: JSON.stringify(problemDocument(error, asked)),
  };
};

/** Names AWS gives to failures that pass by themselves. */
const PASSING =
  /Throttl|SlowDown|RequestLimit|ThroughputExceeded|TransactionConflict|TransactionInProgress|Timeout|ServiceUnavailable|InternalServer|^InternalError$/;

const problemOf = (thrown: unknown): ProblemError => {
  if (thrown instanceof ProblemError) return thrown;
  if (thrown instanceof Error && isPassing(thrown)) {
    return problem('service-unavailable', 'Repeat the request in a moment.', { retryAfterSeconds: 1, cause: thrown });
  }
  return problem('internal-error', 'The request could not be carried out. Quote the request id when you report it.', {
    cause: thrown,
  });
};

const isPassing = (error: Error): boolean => {
  const { $metadata, $retryable } = error as { $metadata?: { httpStatusCode?: number }; $retryable?: unknown };
  return PASSING.test(error.name) || $retryable !== undefined || ($metadata?.httpStatusCode ?? 0) >= 500;
};

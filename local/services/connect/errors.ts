import { AwsError } from '../../core/service.ts';

/** The exceptions of Amazon Connect, with the statuses of its API reference. */
export const notFound = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The specified ${what} was not found.`, 404);
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message, 400);
export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message, 400);
export const duplicate = (message: string): AwsError => new AwsError('DuplicateResourceException', message, 409);
export const conflict = (message: string): AwsError => new AwsError('ResourceConflictException', message, 409);
export const quotaExceeded = (message: string): AwsError => new AwsError('ServiceQuotaExceededException', message, 402);
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message, 429);
export const idempotency = (): AwsError =>
  new AwsError(
    'IdempotencyException',
    'An entity with the same client token but other parameters already exists.',
    409,
  );

/** `problems` lists what is wrong with the content, each with the path of the member. */
export const invalidFlow = (problems: readonly string[]): AwsError =>
  new AwsError('InvalidContactFlowException', 'The contact flow is not valid.', 400, {
    problems: problems.map((message) => ({ message })),
  });

/** Throws `InvalidParameterException` naming the member. */
export const required = <Value>(value: Value | undefined | null, member: string): Value => {
  if (value !== undefined && value !== null && value !== '') return value;
  throw invalidParameter(`${member} is required.`);
};

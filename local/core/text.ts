import { AwsError } from './service.ts';

/**
 * The text of a property that came as JSON. A number or a boolean counts as its text, as in CloudFormation.
 * Throws `AwsError` `ValidationException` naming the property `what` for anything else.
 */
export function requireText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new AwsError('ValidationException', `${what} must be a string.`);
}

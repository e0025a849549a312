import { AwsError, type AwsService, type RawRequest } from './service.ts';
import { protocolOf } from './wire/protocol.ts';

type Family = 'json-rpc' | 'rest' | 'query' | 's3';

/** Names the same refusal has in the protocols of AWS: JSON services, Query services (IAM, STS), S3. */
const NAMES: Readonly<Record<string, Readonly<Partial<Record<Family, string>>>>> = {
  AccessDeniedException: { query: 'AccessDenied', s3: 'AccessDenied' },
  AccessDenied: { 'json-rpc': 'AccessDeniedException', rest: 'AccessDeniedException' },
  SignatureDoesNotMatch: { 'json-rpc': 'InvalidSignatureException', rest: 'InvalidSignatureException' },
  RequestTimeTooSkewed: { 'json-rpc': 'InvalidSignatureException', rest: 'InvalidSignatureException' },
  UnrecognizedClientException: { query: 'InvalidClientTokenId', s3: 'InvalidAccessKeyId' },
  MissingAuthenticationTokenException: { query: 'MissingAuthenticationToken', s3: 'AccessDenied' },
  ThrottlingException: { query: 'Throttling', s3: 'SlowDown' },
  InternalServerException: { query: 'ServiceFailure', s3: 'InternalError' },
};

function familyOf(service: AwsService, request: RawRequest): Family {
  if (service.signingName === 's3') return 's3';
  const protocol = protocolOf(request);
  if (protocol === 'aws-query') return 'query';
  return protocol === 'rest-json' ? 'rest' : 'json-rpc';
}

/** AWS JSON services answer refusals with 400 where REST and Query services answer 403. */
function statusOf(error: AwsError, family: Family): number {
  if (family === 'json-rpc' && (error.status === 403 || error.status === 429)) return 400;
  if (error.name === 'ThrottlingException' && family === 's3') return 503;
  return error.name === 'ThrottlingException' && family === 'query' ? 400 : error.status;
}

/** The gateway's own refusals under the name and status that the service's protocol gives them. */
export function inDialectOf(service: AwsService, request: RawRequest, error: AwsError): AwsError {
  const family = familyOf(service, request);
  return new AwsError(NAMES[error.name]?.[family] ?? error.name, error.message, statusOf(error, family), error.members);
}

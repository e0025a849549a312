import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError, type CloudContext, type Principal } from '../../core/service.ts';

/** A form as it was posted: fields by lower-case name, and the file. */
export interface PostedForm {
  readonly bucket: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly filename: string;
}

type Condition = Readonly<Record<string, string>> | readonly [string, string | number, string | number];

/** Fields that no condition has to name (API reference, "Creating an HTML form for S3 uploads"). */
const FREE_FIELDS = new Set(['policy', 'x-amz-signature', 'file', 'awsaccesskeyid', 'signature']);

/**
 * Who signed the form's policy, once signature, expiry and every condition hold.
 * @throws AwsError `AccessDenied`, `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `EntityTooLarge`, `EntityTooSmall`, `InvalidPolicyDocument`
 */
export const signerOfForm = (context: Pick<CloudContext, 'keyOf' | 'clock'>, form: PostedForm): Principal => {
  const { fields } = form;
  if (!fields.policy || !fields['x-amz-signature'] || !fields['x-amz-credential']) throw denied('Access Denied');
  const [accessKeyId = '', date = '', region = '', service = ''] = fields['x-amz-credential'].split('/');
  const key = context.keyOf(accessKeyId, fields['x-amz-security-token']);
  if (!key) {
    throw new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403);
  }
  const expected = signature(key.secretAccessKey, date, region, service, fields.policy);
  const given = Buffer.from(fields['x-amz-signature'], 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  }
  const policy = readPolicy(fields.policy);
  if (!(Date.parse(policy.expiration) > context.clock.now()))
    throw denied('Invalid according to Policy: Policy expired.');
  requireConditions(policy.conditions, form);
  return key.principal;
};

const denied = (message: string): AwsError => new AwsError('AccessDenied', message, 403);

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature version 4 of a policy: the string to sign is the policy itself. */
const signature = (secret: string, date: string, region: string, service: string, policy: string): Buffer =>
  hmac(hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request'), policy);

const readPolicy = (encoded: string): { expiration: string; conditions: Condition[] } => {
  try {
    const policy = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as {
      expiration: string;
      conditions: Condition[];
    };
    if (typeof policy.expiration === 'string' && Array.isArray(policy.conditions)) return policy;
  } catch {
    // The same refusal as for a policy of another form.
  }
  throw new AwsError('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
};

const requireConditions = (conditions: readonly Condition[], form: PostedForm): void => {
  const named = new Set<string>();
  for (const condition of conditions) {
    const [operator, subject, value] = normalized(condition);
    if (operator === 'content-length-range') requireSize(form.bytes.length, Number(subject), Number(value));
    else {
      const field = String(subject).replace(/^\$/, '').toLowerCase();
      named.add(field);
      requireField(operator, field, String(value), form, condition);
    }
  }
  const extra = Object.keys(form.fields).filter(
    (field) => !named.has(field) && !FREE_FIELDS.has(field) && !field.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw denied(`Invalid according to Policy: Extra input fields: ${extra.join(', ')}`);
};

const normalized = (condition: Condition): readonly [string, string | number, string | number] => {
  if (Array.isArray(condition)) {
    const [operator, subject, value] = condition as readonly [string, string | number, string | number];
    return [operator.toLowerCase(), subject, value];
  }
  const [[name, value] = ['', '']] = Object.entries(condition as Readonly<Record<string, string>>);
  return ['eq', `$${name}`, value];
};

const requireSize = (size: number, min: number, max: number): void => {
  if (size < min) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
      ProposedSize: size,
      MinSizeAllowed: min,
    });
  }
  if (size > max) {
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: size,
      MaxSizeAllowed: max,
    });
  }
};

const requireField = (
  operator: string,
  field: string,
  wanted: string,
  form: PostedForm,
  condition: Condition,
): void => {
  const actual = field === 'bucket' ? form.bucket : form.fields[field];
  if (operator === 'eq' ? actual === wanted : operator === 'starts-with' && actual?.startsWith(wanted)) return;
  const shown = JSON.stringify(Array.isArray(condition) ? condition : ['eq', `$${field}`, wanted]);
  throw denied(`Invalid according to Policy: Policy Condition failed: ${shown}`);
};

import busboy from 'busboy';
import { AwsError, type Call, type CloudContext, type RawRequest } from '../../core/service.ts';
import { addressOf } from './address.ts';
import { md5Hex, requireChecksums } from './body.ts';
import { keptHeaders, type Parts, versionHeader } from './object-operations.ts';
import { type PostedForm, signerOfForm } from './post-policy.ts';
import { sendEmpty, sendXml } from './respond.ts';
import { tagsFromXml } from './tags.ts';

/** A browser's upload by form: proves itself by a signed policy instead of a signed request. */
export const postObject = async (
  parts: Parts & { readonly context: Pick<CloudContext, 'keyOf' | 'authorize' | 'clock'> },
  { request }: Call,
): Promise<void> => {
  const { bucket } = addressOf(request);
  const target = parts.objects.requireBucket(bucket);
  const form = await readForm(request, bucket);
  const principal = signerOfForm(parts.context, form);
  const { fields, bytes } = form;
  const key = fields.key ?? '';
  const resource = `arn:aws:s3:::${bucket}/${key}`;
  const tags = fields.tagging === undefined ? {} : tagsFromXml(fields.tagging);
  await parts.context.authorize(principal, [
    { action: 's3:PutObject', resource },
    ...(fields.tagging === undefined ? [] : [{ action: 's3:PutObjectTagging', resource }]),
  ]);
  const checksums = requireChecksums(bytes, fields);
  const info = { etag: md5Hex(bytes), size: bytes.length, headers: { ...keptHeaders(fields), ...checksums }, tags };
  const change = { bucket: target, key, principal };
  const version = parts.objects.create(change, 'POST Object', parts.store.writeFile(bytes), info);
  const location = `http://${request.headers.host}/${bucket}/${encodeURIComponent(key)}`;
  const headers = { etag: `"${version.etag}"`, location, ...versionHeader(version) };
  if (fields.success_action_redirect !== undefined) {
    sendEmpty(request, 303, {
      ...headers,
      location: redirect(fields.success_action_redirect, bucket, key, version.etag),
    });
  } else if (fields.success_action_status === '201') {
    const content = { Location: location, Bucket: bucket, Key: key, ETag: `"${version.etag}"` };
    sendXml(request, 'PostResponse', content, { status: 201, headers });
  } else {
    sendEmpty(request, fields.success_action_status === '200' ? 200 : 204, headers);
  }
};

const redirect = (target: string, bucket: string, key: string, etag: string): string => {
  const url = new URL(target);
  for (const [name, value] of Object.entries({ bucket, key, etag: `"${etag}"` })) url.searchParams.set(name, value);
  return url.href;
};

const readForm = (request: RawRequest, bucket: string): Promise<PostedForm> =>
  new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let file: { chunks: Buffer[]; filename: string } | undefined;
    const fail = () =>
      reject(
        new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.'),
      );
    let parser: busboy.Busboy;
    try {
      parser = busboy({ headers: request.headers, limits: { files: 1, fieldSize: 65_536 } });
    } catch {
      fail();
      return;
    }
    parser.on('field', (name, value) => {
      // S3 takes no notice of what comes after the file.
      if (!file) fields[name.toLowerCase()] = value;
    });
    parser.on('file', (_name, stream, { filename = '' }) => {
      const chunks: Buffer[] = [];
      file = { chunks, filename };
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    });
    parser.on('error', fail);
    parser.on('close', () => {
      if (!file) return reject(new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.'));
      if (!fields.key) return reject(new AwsError('InvalidArgument', "Bucket POST must contain a field named 'key'."));
      const { chunks, filename } = file;
      const key = fields.key.replaceAll('\u0024{filename}', filename);
      resolve({ bucket, fields: { ...fields, key }, bytes: Buffer.concat(chunks), filename });
    });
    parser.end(request.body);
  });

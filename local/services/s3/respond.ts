import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { AwsError, RawRequest } from '../../core/service.ts';
import { writeXml, type XmlContent } from './xml.ts';

export type Headers = Readonly<Record<string, string | undefined>>;

/** Answers without a body. */
export const sendEmpty = ({ response }: RawRequest, status: number, headers: Headers = {}): void => {
  response.writeHead(status, present(headers)).end();
};

/** Answers with a document of S3's. */
export const sendXml = (
  { response, method }: RawRequest,
  name: string,
  content: XmlContent,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Headers } = {},
): void => {
  const text = writeXml(name, content);
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': String(Buffer.byteLength(text)),
    ...present(headers),
  });
  response.end(method === 'HEAD' ? undefined : text);
};

/** Answers with a file or a part of it, both ends included. */
export const sendFile = async (
  { response }: RawRequest,
  {
    path,
    status,
    headers,
    range,
  }: {
    readonly path: string;
    readonly status: number;
    readonly headers: Headers;
    readonly range?: { readonly start: number; readonly end: number };
  },
): Promise<void> => {
  response.writeHead(status, present(headers));
  try {
    await pipeline(createReadStream(path, range), response);
  } catch (error) {
    // The reader hung up: there is nobody left to answer.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
};

/** S3's error document; a HEAD request gets the status alone. */
export const sendError = (request: RawRequest, error: AwsError): void => {
  const bodyless = request.method === 'HEAD' || error.status === 304;
  if (bodyless) {
    sendEmpty(request, error.status);
    return;
  }
  const members = Object.fromEntries(
    Object.entries(error.members).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  // The document of an error has no namespace, which no client minds.
  sendXml(request, 'Error', { Code: error.name, Message: error.message, ...members }, { status: error.status });
};

const present = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));

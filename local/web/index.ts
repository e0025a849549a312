import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { DeclaredResource, ResourceProvider } from '../core/service.ts';
import { type BucketFile, type DeployedFolder, findFile, readDeployment } from './bucket-files.ts';
import {
  type Behavior,
  type RewritePath,
  readDistribution,
  readFunctionCode,
  readHeadersPolicy,
} from './distribution.ts';
import { withStandIns } from './stand-ins.ts';

export interface WebRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly acceptEncoding: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The embedded CloudFront, at the HTTP API's own port: a distribution serves both at one address. */
export interface EmbeddedWeb {
  readonly providers: readonly ResourceProvider[];
  /** Undefined when the path is the API's, or the template has no distribution. */
  readonly answer: (request: WebRequest) => WebAnswer | undefined;
}

export interface WebDependencies {
  /** `http://127.0.0.1:PORT` of the AWS services. */
  readonly endpointUrl: () => string;
  /** `http://127.0.0.1:PORT` of the HTTP API. */
  readonly apiUrl: () => string;
}

interface Declared {
  behaviors: readonly Behavior[];
  readonly folders: DeployedFolder[];
  readonly policies: Map<string, Readonly<Record<string, string>>>;
  readonly functions: Map<string, RewritePath>;
}

/** In S3's words to CloudFront, which may read objects but not list them. */
const NO_SUCH_FILE = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>');

/** Distributions, their functions and headers, and what the CDK deploys into buckets. */
export function makeWeb({ endpointUrl, apiUrl }: WebDependencies): EmbeddedWeb {
  const declared: Declared = { behaviors: [], folders: [], policies: new Map(), functions: new Map() };
  const compressed = new Map<string, Buffer>();

  const compress = (key: string, { bytes, contentType }: BucketFile, accepted: string) => {
    const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
    if (encoding === undefined || contentType.startsWith('font/')) return { body: bytes, headers: {} };
    const name = `${encoding} ${key}`;
    const body = compressed.get(name) ?? squeezed(encoding, bytes);
    compressed.set(name, body);
    return { body, headers: { 'content-encoding': encoding, vary: 'Accept-Encoding' } };
  };
  const headersOf = ({ headersPolicyId }: Behavior): Readonly<Record<string, string>> => {
    const headers = declared.policies.get(headersPolicyId ?? '') ?? {};
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, withStandIns(value, endpointUrl())]),
    );
  };
  const serve = (request: WebRequest, behavior: Behavior, bucket: string): WebAnswer => {
    const headers = headersOf(behavior);
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 403, headers, body: Buffer.alloc(0) };
    const rewrite = declared.functions.get(behavior.functionArn ?? '');
    const key = decodeURI(rewrite?.(request.path, request.method) ?? request.path).replace(/^\//, '');
    const found = findFile(declared.folders, bucket, key);
    if (!found) return { status: 403, headers: { ...headers, 'content-type': 'application/xml' }, body: NO_SUCH_FILE };
    const { contentType, cacheControl } = found;
    const isSettings = contentType === 'application/json';
    const file = isSettings
      ? { ...found, bytes: Buffer.from(withStandIns(found.bytes.toString(), endpointUrl())) }
      : found;
    const sent = behavior.compresses ? compress(key, file, request.acceptEncoding) : { body: file.bytes, headers: {} };
    return {
      status: 200,
      headers: {
        ...headers,
        ...sent.headers,
        'content-type': contentType,
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      },
      body: sent.body,
    };
  };

  return {
    providers: providersOf(declared, apiUrl),
    answer: (request) => {
      const behavior = declared.behaviors.find(({ pattern }) => pattern.test(request.path));
      return behavior?.bucket === undefined ? undefined : serve(request, behavior, behavior.bucket);
    },
  };
}

/** Quick rather than small: it is done while somebody waits. */
const squeezed = (encoding: 'br' | 'gzip', bytes: Buffer): Buffer =>
  encoding === 'gzip'
    ? gzipSync(bytes)
    : brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

const named = async ({ physicalName }: DeclaredResource) => ({ ref: physicalName, attributes: { Id: physicalName } });

function providersOf(declared: Declared, apiUrl: () => string): ResourceProvider[] {
  return [
    { type: 'AWS::CloudFront::OriginAccessControl', ensure: named },
    {
      type: 'AWS::CloudFront::ResponseHeadersPolicy',
      ensure: async (resource) => {
        declared.policies.set(resource.physicalName, readHeadersPolicy(resource.properties));
        return named(resource);
      },
    },
    {
      type: 'AWS::CloudFront::Function',
      ensure: async (resource) => {
        const arn = `arn:aws:cloudfront::function/${resource.physicalName}`;
        declared.functions.set(arn, readFunctionCode(resource));
        return { ref: arn, attributes: { FunctionARN: arn } };
      },
    },
    {
      type: 'AWS::CloudFront::Distribution',
      ensure: async (resource) => {
        declared.behaviors = readDistribution(resource);
        const { physicalName } = resource;
        return { ref: physicalName, attributes: { Id: physicalName, DomainName: new URL(apiUrl()).host } };
      },
    },
    {
      type: 'Custom::CDKBucketDeployment',
      ensure: async (resource) => {
        declared.folders.push(...readDeployment(resource));
        return { ref: resource.physicalName, attributes: {} };
      },
    },
  ];
}

import { createContext, runInContext } from 'node:vm';
import type { DeclaredResource, JsonObject } from '../core/service.ts';
import { requireText } from '../core/text.ts';

/** What CloudFront does with the paths of one pattern. */
export interface Behavior {
  readonly pattern: RegExp;
  /** Name of the bucket; undefined where the origin is the API. */
  readonly bucket: string | undefined;
  readonly headersPolicyId: string | undefined;
  readonly compresses: boolean;
  /** Id of the function that sees requests first. */
  readonly functionArn: string | undefined;
}

interface DeclaredBehavior {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
  readonly ResponseHeadersPolicyId?: string;
  readonly Compress?: boolean;
  readonly FunctionAssociations?: readonly { readonly EventType: string; readonly FunctionARN: string }[];
}

interface DeclaredDistribution {
  readonly Origins: readonly { readonly Id: string; readonly DomainName: string; readonly S3OriginConfig?: object }[];
  readonly DefaultCacheBehavior: DeclaredBehavior;
  readonly CacheBehaviors?: readonly DeclaredBehavior[];
}

/** `*` stands for any text, `?` for one character. */
const patternOf = (text: string): RegExp => {
  const escaped = text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
};

/** The behaviors of a distribution in the order in which they are tried; the default, last, takes every path. */
export function readDistribution({ properties }: DeclaredResource): readonly Behavior[] {
  const declared = properties.DistributionConfig as unknown as DeclaredDistribution;
  const buckets = new Map(
    declared.Origins.filter(({ S3OriginConfig }) => S3OriginConfig !== undefined).map(({ Id, DomainName }) => [
      Id,
      DomainName.replace(/\.s3\..*$/, ''),
    ]),
  );
  const behaviors = [...(declared.CacheBehaviors ?? []), { ...declared.DefaultCacheBehavior, PathPattern: '*' }];
  return behaviors.map((behavior) => ({
    pattern: patternOf(behavior.PathPattern ?? '*'),
    bucket: buckets.get(behavior.TargetOriginId),
    headersPolicyId: behavior.ResponseHeadersPolicyId,
    compresses: behavior.Compress === true,
    functionArn: behavior.FunctionAssociations?.find(({ EventType }) => EventType === 'viewer-request')?.FunctionARN,
  }));
}

interface DeclaredPolicy {
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy?: { readonly ContentSecurityPolicy: string };
    readonly ContentTypeOptions?: object;
    readonly FrameOptions?: { readonly FrameOption: string };
    readonly ReferrerPolicy?: { readonly ReferrerPolicy: string };
    readonly StrictTransportSecurity?: {
      readonly AccessControlMaxAgeSec: number;
      readonly IncludeSubdomains?: boolean;
    };
  };
  readonly CustomHeadersConfig?: { readonly Items: readonly { readonly Header: string; readonly Value: string }[] };
}

/** The headers that a response headers policy puts on every answer. */
export function readHeadersPolicy(properties: JsonObject): Readonly<Record<string, string>> {
  const { SecurityHeadersConfig: security = {}, CustomHeadersConfig } =
    properties.ResponseHeadersPolicyConfig as unknown as DeclaredPolicy;
  const transport = security.StrictTransportSecurity;
  const headers = {
    'content-security-policy': security.ContentSecurityPolicy?.ContentSecurityPolicy,
    'x-content-type-options': security.ContentTypeOptions && 'nosniff',
    'x-frame-options': security.FrameOptions?.FrameOption,
    'referrer-policy': security.ReferrerPolicy?.ReferrerPolicy,
    'strict-transport-security':
      transport &&
      `max-age=${transport.AccessControlMaxAgeSec}${transport.IncludeSubdomains === true ? '; includeSubDomains' : ''}`,
  };
  const known = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const custom = (CustomHeadersConfig?.Items ?? []).map(({ Header, Value }) => [Header.toLowerCase(), Value] as const);
  return Object.fromEntries([...known, ...custom]);
}

/** Runs a CloudFront function of type viewer-request over a path; gives the path it asks the origin for. */
export type RewritePath = (uri: string, method: string) => string;

/**
 * Ends a function that loops. CloudFront measures its own limit, of a millisecond or so, in CPU; this is time on a clock,
 * and on a busy machine a function that does next to nothing may wait long for its turn.
 */
const FUNCTION_TIMEOUT_MS = 10_000;

export function readFunctionCode({ properties }: DeclaredResource): RewritePath {
  const code = requireText(properties.FunctionCode, 'FunctionCode');
  return (uri, method) => {
    const sandbox = createContext({
      event: { version: '1.0', request: { method, uri, querystring: {}, headers: {} } },
    });
    const answered = runInContext(`${code}\nhandler(event);`, sandbox, { timeout: FUNCTION_TIMEOUT_MS }) as {
      readonly uri?: unknown;
    };
    return requireText(answered.uri ?? '', 'uri');
  };
}

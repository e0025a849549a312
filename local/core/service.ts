import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Who signed a request. `root` is the developer's own key that `npm start` prints; it may do everything. */
export interface Principal {
  readonly kind: 'root' | 'role' | 'service' | 'anonymous';
  /** `arn:aws:sts::111122223333:assumed-role/<role>/<session>` for a role. */
  readonly arn: string;
  readonly roleName?: string;
  readonly accessKeyId: string;
}

/** One permission a request needs; `context` holds condition keys (`iam:PassedToService`, `aws:ResourceTag/userId`, …). */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** The HTTP request as it came, its body read whole unless the service asked for the stream. */
export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of a request that streams events in: what the signed frames hold, each signature verified when it is read. */
  readonly frames?: AsyncIterable<Uint8Array>;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/** What an operation handler gets besides its decoded input. */
export interface Call {
  readonly operation: string;
  readonly principal: Principal;
  readonly request: RawRequest;
}

/** An error with the real service's name; reaches the SDK client as that exception. */
export class AwsError extends Error {
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  constructor(name: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.members = members;
  }
}

/**
 * One emulated AWS service behind the gateway (one loopback port for all).
 * The gateway verifies SigV4, asks `claim` of the services whose `signingName` the signature names (several Bedrock
 * services share one), checks `needs` against the caller's policies, consults the fault plan and then calls `handle`.
 */
export interface AwsService {
  /** `dynamodb`, `s3`, `states`, `lambda`, `iam`, `sts`, `bedrock-agent`, … : used in faults, traces and errors. */
  readonly name: string;
  /** Service name in the credential scope. */
  readonly signingName: string;
  /** True when the request's body must reach `handle` as a stream (S3 uploads, bidirectional event streams): `body` is then empty. */
  readonly streamsBody?: (request: RawRequest) => boolean;
  /** Whether the request is one of this service's, and what its operation is called; undefined when it is not. */
  readonly claim: (request: RawRequest) => string | undefined;
  /** Whether the operation is open to requests without SigV4 (Cognito's sign-in), or proves itself otherwise (S3's POST policy). */
  readonly unsigned?: (operation: string, request: RawRequest) => boolean;
  /** Permissions the request needs; an empty list means none (as `sts:GetCallerIdentity`). */
  readonly needs: (operation: string, request: RawRequest) => Promise<readonly Need[]> | readonly Need[];
  /** Answers on `request.response`. May throw `AwsError`. */
  readonly handle: (call: Call) => Promise<void>;
  /** Takes over the connection of a WebSocket handshake (AgentCore's `/ws`), permissions checked. */
  readonly upgrade?: (call: Call, socket: Duplex, head: Buffer) => Promise<void>;
  /** Writes an error in the service's own wire form. */
  readonly fail: (error: AwsError, request: RawRequest) => void;
  /** CloudFormation types this service can make from the synthesized template. */
  readonly resources?: readonly ResourceProvider[];
  /** A line for everything the service keeps (ARNs where there are any), so that a test can tell what was left behind. */
  readonly inventory?: () => Promise<readonly string[]>;
  /** Called once, when every declared resource exists and the gateway listens: takes up work that an earlier process left. */
  readonly resume?: () => void;
  readonly close?: () => Promise<void>;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Makes the resources of one CloudFormation type. `ensure` is idempotent: it runs at every start over the same state. */
export interface ResourceProvider {
  readonly type: string;
  /** `properties` are resolved (no intrinsics left). Returns what `Ref` and `Fn::GetAtt` give. */
  readonly ensure: (resource: DeclaredResource) => Promise<{ ref: string; attributes: Record<string, string> }>;
}

export interface DeclaredResource {
  readonly stackName: string;
  readonly logicalId: string;
  /** A name that is stable for the stack and logical id, for resources the template leaves unnamed. */
  readonly physicalName: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Directory (or file) of a CDK asset by bucket and key, for code that lives in the assembly. */
  readonly assetPath: (bucket: string, key: string) => string | undefined;
}

/** Everything the services share. Made once by `startCloud`. */
export interface CloudContext {
  readonly accountId: string;
  readonly region: string;
  /** Base URL of the gateway, `http://127.0.0.1:PORT`; what functions get as `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: () => string;
  readonly dataDir: string;
  readonly clock: CloudClock;
  readonly store: (namespace: string) => KeyValueStore;
  /** Publishes an event to the embedded EventBridge's default bus. */
  readonly putEvent: (event: {
    source: string;
    detailType: string;
    detail: JsonObject;
    /** ARNs of what the event is about. */
    resources?: readonly string[];
  }) => void;
  /** Credentials that the gateway will accept as this role, as AWS would hand to a function or a runtime of that role. */
  readonly credentialsOfRole: (roleArn: string, sessionName: string) => Promise<RoleCredentials>;
  /** Throws AccessDenied as AWS would when a service acts with a role (`bedrock` ingesting, `states` invoking). */
  readonly authorizeRole: (roleArn: string, needs: readonly Need[]) => Promise<void>;
  /** The secret and the principal behind an access key, for proofs that a service checks itself (S3's POST policy). Undefined: no such key, or a wrong session token. */
  readonly keyOf: (
    accessKeyId: string,
    sessionToken?: string,
  ) => { readonly secretAccessKey: string; readonly principal: Principal } | undefined;
  /** Throws AccessDenied as the gateway does when the principal lacks one of the permissions. */
  readonly authorize: (principal: Principal, needs: readonly Need[]) => Promise<void>;
  /** A line for the operator; never secrets, bodies or transcripts. */
  readonly log: (line: string) => void;
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;
}

/** What permissions of a role are decided from; read anew at each decision, so that a policy changed at run time counts at once. */
export interface RolePolicies {
  readonly roleArn: string;
  readonly trustPolicy: JsonObject;
  /** Inline and attached managed policies. */
  readonly identityPolicies: readonly JsonObject[];
  readonly boundary?: JsonObject | undefined;
}

/** The embedded EventBridge: besides its API it takes events of the other services. */
export interface EventsService extends AwsService {
  readonly publish: CloudContext['putEvent'];
}

/** The embedded Lambda, for services that invoke functions themselves (API Gateway, EventBridge targets). */
export interface LambdaService extends AwsService {
  /** Throws `AwsError` (`ResourceNotFoundException`, `TooManyRequestsException`); an error of the function is in the result. */
  readonly invoke: (functionName: string, payload: string, caller?: ServiceCaller) => Promise<FunctionResult>;
  /** Queues an asynchronous invocation: retried as configured, then given to the failure destination. */
  readonly invokeLater: (functionName: string, payload: string, caller?: ServiceCaller) => void;
}

/** A service that invokes a function by the function's resource policy (`AWS::Lambda::Permission`), which is then checked. */
export interface ServiceCaller {
  /** `apigateway.amazonaws.com`, `events.amazonaws.com`, … */
  readonly service: string;
  readonly sourceArn: string;
}

export interface FunctionResult {
  /** JSON text: the function's result, or the error document when `functionError` is set. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A clock that tests can advance; `sleep` rejects when the signal aborts. */
export interface CloudClock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Durable JSON by key (node:sqlite, write-ahead log): survives `kill -9`. */
export interface KeyValueStore {
  readonly get: <T>(key: string) => T | undefined;
  readonly put: (key: string, value: unknown) => void;
  readonly delete: (key: string) => void;
  /** In key order. */
  readonly list: <T>(prefix?: string) => { key: string; value: T }[];
}

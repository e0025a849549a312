import { evaluate } from '../core/policy.ts';
import {
  AwsError,
  type CloudContext,
  type DeclaredResource,
  type JsonObject,
  type ResourceProvider,
  type ServiceCaller,
} from '../core/service.ts';
import { requireText } from '../core/text.ts';
import { DEFAULT_EVENT_INVOKE, type EventInvokeConfig } from './async-queue.ts';
import { type FunctionConfig, readFunction } from './function-config.ts';

/** The functions of the template with their resource policies and asynchronous settings. */
export interface FunctionRegistry {
  /** By name or ARN, qualified or not. Throws `ResourceNotFoundException`. */
  readonly require: (nameOrArn: string) => FunctionConfig;
  readonly find: (name: string) => FunctionConfig | undefined;
  readonly list: () => readonly FunctionConfig[];
  readonly eventInvokeOf: (name: string) => EventInvokeConfig;
  /** Throws `AccessDeniedException` when the function's resource policy does not let the service in. */
  readonly checkCaller: (config: FunctionConfig, caller: ServiceCaller) => void;
  readonly providers: readonly ResourceProvider[];
}

/** The name in a function's ARN (`…:function:name:qualifier`), partial ARN or name. */
export function functionNameOf(nameOrArn: string): string {
  const after = nameOrArn.includes(':function:') ? nameOrArn.slice(nameOrArn.indexOf(':function:') + 10) : nameOrArn;
  return after.split(':')[0] ?? after;
}

interface DeclaredInvokeConfig {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: { OnFailure?: { Destination?: string }; OnSuccess?: { Destination?: string } };
}

function readEventInvoke(declared: DeclaredInvokeConfig): EventInvokeConfig {
  const { OnFailure, OnSuccess } = declared.DestinationConfig ?? {};
  return {
    maximumRetryAttempts: Number(declared.MaximumRetryAttempts ?? DEFAULT_EVENT_INVOKE.maximumRetryAttempts),
    maximumEventAgeSeconds: Number(declared.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_INVOKE.maximumEventAgeSeconds),
    ...(OnFailure?.Destination ? { onFailureArn: OnFailure.Destination } : {}),
    ...(OnSuccess?.Destination ? { onSuccessArn: OnSuccess.Destination } : {}),
  };
}

/** A permission as the policy statement Lambda makes of it. */
function readPermission({ properties, physicalName }: DeclaredResource): JsonObject {
  const { SourceArn, Action, Principal } = properties;
  return {
    Sid: physicalName,
    Effect: 'Allow',
    Action: Action ?? 'lambda:InvokeFunction',
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:PrincipalServiceName': Principal ?? '' },
      ...(SourceArn ? { ArnLike: { 'aws:SourceArn': SourceArn } } : {}),
    },
  };
}

/** The CDK's own function that fills buckets, in Python: it never runs here, `local/web/` reads what it would be told. */
const BUCKET_DEPLOYER = 'CustomCDKBucketDeployment';

const standingOf = (
  { physicalName }: DeclaredResource,
  { accountId, region }: Pick<CloudContext, 'accountId' | 'region'>,
) => ({
  ref: physicalName,
  attributes: { Arn: `arn:aws:lambda:${region}:${accountId}:function:${physicalName}` },
});

export function makeRegistry(context: Pick<CloudContext, 'accountId' | 'region' | 'dataDir'>): FunctionRegistry {
  const functions = new Map<string, FunctionConfig>();
  const invokes = new Map<string, EventInvokeConfig>();
  const permissions = new Map<string, JsonObject[]>();
  const ensureFunction = async (resource: DeclaredResource) => {
    if (resource.logicalId.startsWith(BUCKET_DEPLOYER)) return standingOf(resource, context);
    const config = readFunction(resource, context);
    functions.set(config.name, config);
    return { ref: config.name, attributes: { Arn: config.arn } };
  };
  const ensurePermission = async (resource: DeclaredResource) => {
    const name = functionNameOf(requireText(resource.properties.FunctionName, 'FunctionName'));
    permissions.set(name, [...(permissions.get(name) ?? []), readPermission(resource)]);
    return { ref: resource.physicalName, attributes: { Id: resource.physicalName } };
  };
  const ensureEventInvoke = async ({ properties, physicalName }: DeclaredResource) => {
    const declared = properties as unknown as DeclaredInvokeConfig;
    invokes.set(functionNameOf(declared.FunctionName), readEventInvoke(declared));
    return { ref: physicalName, attributes: {} };
  };
  const find = (name: string) => functions.get(name);
  return {
    find,
    require: (nameOrArn) => {
      const config = find(functionNameOf(nameOrArn));
      if (config) return config;
      const arn = `arn:aws:lambda:${context.region}:${context.accountId}:function:${functionNameOf(nameOrArn)}`;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
    },
    list: () => [...functions.values()],
    eventInvokeOf: (name) => invokes.get(name) ?? DEFAULT_EVENT_INVOKE,
    checkCaller: ({ name, arn }, { service, sourceArn }) => {
      const need = { action: 'lambda:InvokeFunction', resource: arn };
      const conditions = { 'aws:PrincipalServiceName': service, 'aws:SourceArn': sourceArn };
      const document: JsonObject = { Statement: permissions.get(name) ?? [] };
      if (evaluate([document], need, conditions) === 'allowed') return;
      const message = `${service} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} for ${sourceArn}`;
      throw new AwsError('AccessDeniedException', message, 403);
    },
    providers: [
      { type: 'AWS::Lambda::Function', ensure: ensureFunction },
      { type: 'AWS::Lambda::Permission', ensure: ensurePermission },
      { type: 'AWS::Lambda::EventInvokeConfig', ensure: ensureEventInvoke },
    ],
  };
}

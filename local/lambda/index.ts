import { join } from 'node:path';
import * as client from '@aws-sdk/client-lambda';
import { defineSchemaService, type Handlers } from '../core/schema-service.ts';
import {
  AwsError,
  type CloudContext,
  type FunctionResult,
  type LambdaService,
  type Need,
  type ServiceCaller,
} from '../core/service.ts';
import type { Trace } from '../core/trace.ts';
import type { QueueAccess } from '../services/sqs/index.ts';
import { AsyncQueue } from './async-queue.ts';
import { deliverOutcome, sendThroughGateway } from './destinations.ts';
import { SYNC_PAYLOAD_LIMIT_BYTES } from './environment.ts';
import { makeEventSourceMappings } from './event-source-mappings.ts';
import type { FunctionConfig } from './function-config.ts';
import { EnvironmentPool, type PoolLimits } from './pool.ts';
import { functionNameOf, makeRegistry } from './registry.ts';

/** Largest payload of an asynchronous invocation (Lambda quotas, 2026-11): 1 MB, in bytes. */
const ASYNC_PAYLOAD_LIMIT_BYTES = 1024 * 1024;

export interface LambdaDependencies {
  readonly trace?: Trace;
  readonly limits?: PoolLimits;
  /** Addresses of services outside AWS: each stands in for the template's variable of that name, where a function has it. */
  readonly peers?: (() => Readonly<Record<string, string>>) | undefined;
  /** Event source mappings are served with queues only. */
  readonly queues?: QueueAccess | undefined;
}

/** The embedded Lambda and what only the cloud itself may do with it. */
export interface EmbeddedLambda extends LambdaService {
  /** Delivers the asynchronous events that an earlier process accepted and did not finish, and begins to poll queues. */
  readonly resume: () => void;
  /** Kills the process that holds the access key. */
  readonly crash: (accessKeyId: string) => void;
  /** Events that the function works on now. */
  readonly running: (functionName: string) => readonly unknown[];
  /** Kills the processes of the function whose event is the one meant, as a crash in the midst of it; tells how many. */
  readonly crashWhere: (functionName: string, isMeant: (event: unknown) => boolean) => number;
  /** Kills every process at once. */
  readonly kill: () => void;
}

function checkSize(payload: string, limitBytes: number): void {
  const size = Buffer.byteLength(payload);
  if (size <= limitBytes) return;
  const message = `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`;
  throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    const message = 'Could not parse request body into json';
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}

const describe = (config: FunctionConfig) => ({
  FunctionName: config.name,
  FunctionArn: config.arn,
  Runtime: config.runtime as client.Runtime,
  Role: config.roleArn,
  Handler: config.handler,
  Timeout: config.timeoutSeconds,
  MemorySize: config.memoryMb,
  Version: '$LATEST',
  State: 'Active' as const,
  PackageType: 'Zip' as const,
  Environment: { Variables: { ...config.environment } },
});

/** Permissions of a request: `Invoke` is the action `lambda:InvokeFunction`, lists are on every function. */
function needsOf(
  { region, accountId }: Pick<CloudContext, 'region' | 'accountId'>,
  operation: string,
  functionName: string | undefined,
): Need[] {
  const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
  if (functionName === undefined) return [{ action, resource: '*' }];
  return [{ action, resource: `arn:aws:lambda:${region}:${accountId}:function:${functionNameOf(functionName)}` }];
}

/** Functions of the template, each in processes of its own that hold nothing but its environment and its role's credentials. */
export function makeLambda(context: CloudContext, dependencies: LambdaDependencies = {}): EmbeddedLambda {
  const { trace, limits, peers, queues } = dependencies;
  const registry = makeRegistry(context);
  const { region, endpointUrl, credentialsOfRole, clock } = context;
  const logDir = join(context.dataDir, 'logs');
  const pool = new EnvironmentPool({ region, endpointUrl, credentialsOfRole, clock, logDir, peers }, limits);
  const send = sendThroughGateway(context);
  const queue = new AsyncQueue({
    context,
    run: (config, payload) => pool.invoke(config, payload),
    deliver: (outcome) => deliverOutcome(send, outcome, clock.now()),
    find: (name) => {
      const config = registry.find(name);
      return config && { config, invoke: registry.eventInvokeOf(name) };
    },
  });

  /** The function, once size, JSON and the calling service's permission are in order. */
  const admit = (nameOrArn: string, payload: string, limitBytes: number, caller?: ServiceCaller): FunctionConfig => {
    checkSize(payload, limitBytes);
    checkJson(payload);
    const config = registry.require(nameOrArn);
    if (caller) registry.checkCaller(config, caller);
    return config;
  };
  const traced = async (config: FunctionConfig, payload: string, principal: string): Promise<FunctionResult> => {
    const [startedAtMs, startedAt] = [clock.now(), performance.now()];
    const result = await pool.invoke(config, payload);
    trace?.record({
      service: 'lambda',
      operation: `Invoke ${config.name}`,
      principal,
      startedAtMs,
      durationMs: performance.now() - startedAt,
      status: 200,
      error: result.functionError,
    });
    return result;
  };
  const mappings =
    queues &&
    makeEventSourceMappings(context, registry, {
      queues,
      run: ({ functionName }, payload) => traced(registry.require(functionName), payload, 'sqs.amazonaws.com'),
    });
  const invoke: LambdaService['invoke'] = async (nameOrArn, payload, caller) => {
    const config = admit(nameOrArn, payload, SYNC_PAYLOAD_LIMIT_BYTES, caller);
    return caller ? traced(config, payload, caller.service) : pool.invoke(config, payload);
  };
  const invokeLater: LambdaService['invokeLater'] = (nameOrArn, payload, caller) => {
    const { name } = admit(nameOrArn, payload, ASYNC_PAYLOAD_LIMIT_BYTES, caller);
    queue.accept(name, payload);
  };

  const operations: Handlers<typeof client> = {
    Invoke: async ({ FunctionName, InvocationType, Payload }) => {
      const payload = Buffer.from((Payload ?? []) as Uint8Array).toString('utf8') || '{}';
      if (InvocationType === 'DryRun') return registry.require(FunctionName ?? '') && { StatusCode: 204 };
      if (InvocationType === 'Event') {
        invokeLater(FunctionName ?? '', payload);
        return { StatusCode: 202 };
      }
      const result = await invoke(FunctionName ?? '', payload);
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        Payload: Buffer.from(result.payload),
        ...(result.functionError ? { FunctionError: result.functionError } : {}),
      };
    },
    GetFunction: ({ FunctionName }) => ({ Configuration: describe(registry.require(FunctionName ?? '')) }),
    GetFunctionConfiguration: ({ FunctionName }) => describe(registry.require(FunctionName ?? '')),
    ListFunctions: () => ({ Functions: registry.list().map(describe) }),
    ...mappings?.operations,
  };
  return {
    ...defineSchemaService({
      name: 'lambda',
      signingName: 'lambda',
      client,
      operations,
      needs: (operation, input: { FunctionName?: string }) => needsOf(context, operation, input.FunctionName),
      resources: [...registry.providers, ...(mappings ? [mappings.provider] : [])],
      inventory: async () => queue.pending().map((name) => `lambda event for ${name}`),
      close: async () => {
        mappings?.close();
        queue.close();
        pool.kill();
      },
    }),
    invoke,
    invokeLater,
    resume: () => {
      queue.resume();
      mappings?.resume();
    },
    crash: (accessKeyId) => pool.crash(accessKeyId),
    running: (functionName) => pool.running(functionName).map(({ event }) => JSON.parse(event) as unknown),
    crashWhere: (functionName, isMeant) => {
      const meant = pool.running(functionName).filter(({ event }) => isMeant(JSON.parse(event)));
      for (const { kill } of meant) kill();
      return meant.length;
    },
    kill: () => {
      mappings?.close();
      queue.close();
      pool.kill();
    },
  };
}

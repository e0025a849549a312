import { join } from 'node:path';
import * as client from '@aws-sdk/client-bedrock-agentcore-control';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type Call, type CloudContext, type Need } from '../../core/service.ts';
import { randomId, tagConditions, tagOperations, validation } from '../bedrock/common.ts';
import { objectReader } from '../bedrock/object-reader.ts';
import { roleCheck } from './check-role.ts';
import { endpointOperations } from './endpoint-operations.ts';
import { runtimeProviders } from './providers.ts';
import { type CodeLocation, type ControlDependencies, runtimeOperations } from './runtime-operations.ts';
import { type RuntimeStore, runtimeStoreOf } from './runtime-store.ts';
import { unpackZip } from './unpack-code.ts';

export interface AgentCoreControlOptions {
  /** On the cloud's clock. */
  readonly runtimeMs?: number;
  readonly endpointMs?: number;
  /** Until a new role is known to AgentCore; on AWS some seconds. */
  readonly rolePropagationMs?: number;
  readonly newId?: () => string;
  readonly fetchCode?: ControlDependencies['fetchCode'];
}

/** AgentCore's control plane: runtimes from code zips, their versions and endpoints. */
export const makeAgentCoreControl = (context: CloudContext, options: AgentCoreControlOptions = {}): AwsService => {
  const codeRoot = join(context.dataDir, 'agentcore', 'code');
  const store = runtimeStoreOf(context);
  const dependencies: ControlDependencies = {
    context,
    store,
    runtimeMs: options.runtimeMs ?? 300,
    endpointMs: options.endpointMs ?? 100,
    checkRole: roleCheck(context, options.rolePropagationMs ?? 0),
    // Ids are `<name>-` and ten letters or digits.
    newId: options.newId ?? randomId,
    fetchCode: options.fetchCode ?? ((location, call) => fetchFromS3(context, codeRoot, location, call)),
  };
  return {
    ...defineSchemaService({
      name: 'bedrock-agentcore-control',
      signingName: 'bedrock-agentcore',
      client,
      operations: {
        ...runtimeOperations(dependencies),
        ...endpointOperations(dependencies),
        ...tagOperations(store.tags, holds(store)),
      },
      needs: (operation, input) => needsOf(context, store, operation, input),
      resources: runtimeProviders(dependencies, codeRoot),
    }),
    inventory: async () =>
      store.runtimes().flatMap(({ id, arn }) => [arn, ...store.endpoints(id).map((endpoint) => endpoint.arn)]),
  };
};

/** AgentCore reads the zip as the caller (developer guide, "Troubleshooting direct code deployment"). */
const fetchFromS3 = async (
  context: CloudContext,
  codeRoot: string,
  { bucket, key }: CodeLocation,
  { principal, request }: Call,
): Promise<string> => {
  const sessionToken = request.headers['x-amz-security-token'];
  const token = typeof sessionToken === 'string' ? sessionToken : undefined;
  const secretAccessKey = context.keyOf(principal.accessKeyId, token)?.secretAccessKey ?? '';
  const credentials = { accessKeyId: principal.accessKeyId, secretAccessKey, sessionToken: token ?? '' };
  const objects = objectReader(context, credentials);
  try {
    return await unpackZip(await objects.read(bucket, key), codeRoot);
  } catch (error) {
    if (!(error instanceof AwsError) || error.name === 'ValidationException') throw error;
    throw validation(`The code at s3://${bucket}/${key} can't be read: ${error.message}`);
  } finally {
    objects.close();
  }
};

const holds =
  (store: RuntimeStore) =>
  (arn: string): boolean =>
    store.runtimes().some((runtime) => [runtime, ...store.endpoints(runtime.id)].some((made) => made.arn === arn));

interface AnyInput {
  readonly agentRuntimeId?: string;
  readonly agentRuntimeName?: string;
  readonly endpointName?: string;
  readonly name?: string;
  readonly resourceArn?: string;
  readonly roleArn?: string;
  readonly tags?: Record<string, string>;
  readonly agentRuntimeArtifact?: { codeConfiguration?: { code?: { s3?: { bucket?: string; prefix?: string } } } };
}

const needsOf = (context: CloudContext, store: RuntimeStore, operation: string, input: AnyInput): Need[] => {
  const account = `arn:aws:bedrock-agentcore:${context.region}:${context.accountId}`;
  // A runtime that is being made has the name, a dash and ten characters nobody knows yet.
  const id =
    input.agentRuntimeId ?? (input.agentRuntimeName === undefined ? '*' : `${input.agentRuntimeName}-NEW0000000`);
  const runtimeArn = `${account}:runtime/${id}`;
  const onEndpoint = operation.includes('Endpoint') && input.endpointName !== undefined;
  const endpointArn = `${runtimeArn}/runtime-endpoint/${input.endpointName}`;
  const resource = input.resourceArn ?? (onEndpoint ? endpointArn : runtimeArn);
  const conditions = tagConditions(input.tags, store.tags.of(resource));
  const needs: Need[] = [
    {
      action: `bedrock-agentcore:${operation}`,
      resource: operation === 'ListAgentRuntimes' ? '*' : resource,
      context: conditions,
    },
  ];
  if (operation === 'CreateAgentRuntime' || operation === 'DeleteAgentRuntime') {
    const action = `bedrock-agentcore:${operation.startsWith('Create') ? 'Create' : 'Delete'}WorkloadIdentity`;
    const directory = `${account}:workload-identity-directory/default`;
    needs.push({ action, resource: directory }, { action, resource: `${directory}/workload-identity/${id}` });
  }
  if (operation.startsWith('Create') && input.tags !== undefined) {
    needs.push({ action: 'bedrock-agentcore:TagResource', resource, context: conditions });
  }
  return [...needs, ...roleNeeds(input)];
};

const roleNeeds = ({ roleArn, agentRuntimeArtifact }: AnyInput): Need[] => {
  const { bucket, prefix } = agentRuntimeArtifact?.codeConfiguration?.code?.s3 ?? {};
  const passing: Need[] =
    roleArn === undefined
      ? []
      : [
          {
            action: 'iam:PassRole',
            resource: roleArn,
            context: { 'iam:PassedToService': 'bedrock-agentcore.amazonaws.com' },
          },
        ];
  return bucket === undefined
    ? passing
    : [...passing, { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${prefix}` }];
};

/** Creates one agent in an embedded cloud of given latencies and takes down everything that happened meanwhile. */
import { BedrockAgentClient, ListDataSourcesCommand, ListIngestionJobsCommand } from '@aws-sdk/client-bedrock-agent';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type HistoryEvent, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import type { TraceEntry } from '../local/core/trace.ts';
import { type AgentBody, Api } from '../test/e2e/support/api.ts';
import { BIKE_SHOP, formOf } from '../test/e2e/support/business.ts';
import { type Harness, startHarness } from '../test/e2e/support/harness.ts';
import { pollingEvery } from './stage.ts';

export interface Scenario {
  readonly name: string;
  /** The stage's setting: the shortest wait between two looks. */
  readonly pollSeconds: number;
  readonly latencies: Record<'knowledgeBaseMs' | 'ingestionMs' | 'runtimeMs' | 'endpointMs', number>;
}

/** One invocation of a function by the workflow or the API. */
interface Invocation {
  readonly name: string;
  readonly ms: number;
  readonly memoryMb: number;
}

export interface CreateRun {
  readonly scenario: Scenario;
  /** From sending the request until the row says `active`. */
  readonly totalMs: number;
  /** The longest chain of the services' own latencies: knowledge or AgentCreator, then runtime, then endpoint. */
  readonly servicesMs: number;
  readonly transitions: number;
  readonly invocations: readonly Invocation[];
  /** AWS calls of the product's functions and of the AgentCreator, `service operation` → count. */
  readonly calls: Readonly<Record<string, number>>;
  /** Bytes that the AgentCreator sent to the model, and wrote. */
  readonly modelBytes: { readonly sent: number; readonly written: number };
}

/** A stage of its own for the poll interval; everything starts cold, as for the first agent after a deployment. */
export async function measureCreate(scenario: Scenario): Promise<CreateRun> {
  const { pollSeconds, latencies } = scenario;
  const harness = await startHarness({ context: pollingEvery(pollSeconds), latencies });
  try {
    const api = new Api(harness.cloud.apiUrl, await harness.tokenOf('bench'));
    harness.cloud.trace.clear();
    const startedAtMs = Date.now();
    const { status, body } = await api.request('POST', '/api/v1/agents', formOf(BIKE_SHOP));
    if (status !== 202) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
    const agent = await api.agentWhen(
      String(body.agentId),
      (now) => now.status === 'active' || now.status === 'failed',
    );
    if (agent.status !== 'active') throw new Error(`the agent failed: ${JSON.stringify(agent.statusReason)}`);
    return await described(scenario, harness, agent, startedAtMs);
  } finally {
    await harness.stop();
  }
}

async function described(
  scenario: Scenario,
  harness: Harness,
  agent: AgentBody,
  startedAtMs: number,
): Promise<CreateRun> {
  const history = await historyOf(harness, agent);
  const trace = harness.cloud.trace
    .entries()
    .filter(({ roleName = '' }) => !/GetAgent|^oratio-dev-knowledge$/.test(roleName));
  const byCreator = trace.filter(({ roleName = '' }) => /AgentCreatorRole/.test(roleName) && !/Invoke/.test(roleName));
  const bytesOf = (operation: string) =>
    byCreator
      .filter((entry) => entry.operation === operation)
      .reduce((sum, entry) => sum + (entry.requestBytes ?? 0), 0);
  const endedAtMs = (agent.provisioning as unknown as { endedAtMs: number }).endedAtMs;
  return {
    scenario,
    totalMs: endedAtMs - startedAtMs,
    servicesMs: await servicesMs(scenario, harness, agent, trace, byCreator),
    transitions: history.filter(({ type = '' }) => type.endsWith('StateEntered')).length,
    invocations: await invocationsOf(harness, history, trace),
    calls: countsOf(trace.filter(({ service }) => service !== 'lambda')),
    modelBytes: { sent: bytesOf('Converse'), written: bytesOf('PutObject') },
  };
}

async function historyOf({ cloud, aws }: Harness, { agentId }: AgentBody): Promise<HistoryEvent[]> {
  const client = new SFNClient(aws);
  const machine = required(cloud.outputs.StateMachineArn);
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${agentId}-v1-r1`;
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  client.destroy();
  return events;
}

async function servicesMs(
  { latencies }: Scenario,
  { aws }: Harness,
  { knowledgeBase }: AgentBody,
  trace: readonly TraceEntry[],
  byCreator: readonly TraceEntry[],
): Promise<number> {
  const client = new BedrockAgentClient(aws);
  const knowledgeBaseId = required(knowledgeBase.bedrockKnowledgeBaseId);
  const { dataSourceSummaries = [] } = await client.send(new ListDataSourcesCommand({ knowledgeBaseId }));
  const dataSourceId = required(dataSourceSummaries[0]?.dataSourceId);
  const { ingestionJobSummaries = [] } = await client.send(
    new ListIngestionJobsCommand({ knowledgeBaseId, dataSourceId }),
  );
  client.destroy();
  const job = required(ingestionJobSummaries[0]);
  const ingestionMs = Number(job.updatedAt) - Number(job.startedAt);
  const invokedAtMs = required(trace.find(({ operation }) => operation === 'InvokeAgentRuntime')).startedAtMs;
  const creatorMs = Math.max(...byCreator.map((entry) => entry.startedAtMs + entry.durationMs)) - invokedAtMs;
  const preparingMs = Math.max(latencies.knowledgeBaseMs + ingestionMs, creatorMs);
  return preparingMs + latencies.runtimeMs + latencies.endpointMs;
}

async function invocationsOf(
  { aws }: Harness,
  history: readonly HistoryEvent[],
  trace: readonly TraceEntry[],
): Promise<Invocation[]> {
  const byId = new Map(history.map((event) => [event.id, event]));
  const tasks = history.flatMap(({ type, timestamp, previousEventId }) => {
    const scheduled = byId.get(previousEventId);
    const { FunctionName } = JSON.parse(scheduled?.taskScheduledEventDetails?.parameters ?? '{}') as {
      FunctionName?: string;
    };
    if (type !== 'TaskSucceeded' || FunctionName === undefined) return [];
    return [{ name: required(FunctionName.split(':').at(-1)), ms: Number(timestamp) - Number(scheduled?.timestamp) }];
  });
  const asked = trace
    .filter(({ service, operation }) => service === 'lambda' && !operation.endsWith('-get-agent'))
    .map(({ operation, durationMs }) => ({ name: operation.replace('Invoke ', ''), ms: durationMs }));
  const client = new LambdaClient(aws);
  const invocations = [...asked, ...tasks].map(async (invocation) => {
    const { MemorySize } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: invocation.name }));
    return { ...invocation, memoryMb: required(MemorySize) };
  });
  const measured = await Promise.all(invocations);
  client.destroy();
  return measured;
}

function countsOf(entries: readonly TraceEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation } of entries) {
    const key = `${service} ${operation}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded cloud gave no value where one was expected');
  return value;
}

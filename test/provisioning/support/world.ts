import type { Agent } from '../../../shared/agents/agent.ts';
import type { BuildRequest, CodeChecker } from '../../../shared/building/building.ts';
import type { ChannelType } from '../../../shared/channels/channel.ts';
import { deployChannel } from '../../../shared/channels/deploy-channel.ts';
import { planChannels } from '../../../shared/channels/plan-channels.ts';
import { recordChannel } from '../../../shared/channels/record-channel.ts';
import { retireChannels } from '../../../shared/channels/retire-channels.ts';
import type { AgentId, KnowledgeBaseId, UserId } from '../../../shared/kernel/ids.ts';
import type { KnowledgeBase, KnowledgeFile } from '../../../shared/knowledge/knowledge-base.ts';
import { activateAgent } from '../../../shared/provisioning/activate-agent.ts';
import type { AgentCreator } from '../../../shared/provisioning/agent-creator.ts';
import { digestOf, GENERATED_FILES } from '../../../shared/provisioning/builds.ts';
import { checkCode } from '../../../shared/provisioning/check-code.ts';
import { checkIngestion } from '../../../shared/provisioning/check-ingestion.ts';
import { checkRuntime } from '../../../shared/provisioning/check-runtime.ts';
import { compensate } from '../../../shared/provisioning/compensate.ts';
import { deployAgentCore } from '../../../shared/provisioning/deploy-agent-core.ts';
import { eraseAgent } from '../../../shared/provisioning/erase-agent.ts';
import { invokeAgentCreator } from '../../../shared/provisioning/invoke-agent-creator.ts';
import { provisionKnowledgeBase } from '../../../shared/provisioning/provision-knowledge-base.ts';
import type { RunInput } from '../../../shared/provisioning/provisioning.ts';
import type { TaskHandler } from '../../../shared/provisioning/provisioning-task.ts';
import { recordProgress } from '../../../shared/provisioning/record-progress.ts';
import { retireKnowledge } from '../../../shared/provisioning/retire-knowledge.ts';
import { retireRuntime } from '../../../shared/provisioning/retire-runtime.ts';
import { stopProvisioning } from '../../../shared/provisioning/stop-provisioning.ts';
import type { TaskName } from '../../../shared/provisioning/task-contract.ts';
import { type Fate, fakeDeployer } from '../../channels/support/fake-deployer.ts';
import { channelRow, memoryChannels } from '../../channels/support/memory-channels.ts';
import { fakeBucket, fakeKnowledge, fakeRoles, fakeRuntimes } from './cloud.ts';
import { memoryStores } from './stores.ts';

export const USER = '0a6f2c1e-0000-4000-8000-000000000001' as UserId;
export const AGENT = '01900000-0000-7000-8000-00000000a9e7' as AgentId;
const KNOWLEDGE = '01900000-0000-7000-8000-000000000b00' as KnowledgeBaseId;
export const KEY = { userId: USER, agentId: AGENT };

/** What one build of the AgentCreator comes to; `silent` never ends. */
export type BuildOutcome = 'good' | 'forbidden' | 'silent' | 'nonsense' | { error: string };

export interface WorldOptions {
  readonly isolation?: 'dedicated' | 'shared';
  readonly paths?: readonly string[];
  readonly looks?: number;
  /** By attempt, the last one repeated. */
  readonly builds?: readonly BuildOutcome[];
  /** The channels the agent is to have, and what becomes of each. */
  readonly channels?: Partial<Record<ChannelType, Fate>>;
  /** Sees each call of a port before it is made, and again (`after`) once it is done; may throw, or take its time. */
  readonly onCall?: (call: {
    readonly port: string;
    readonly method: string;
    readonly after: boolean;
  }) => void | Promise<void>;
}

/** Everything the workflow functions touch, in memory, and the functions themselves. */
export const makeWorld = (options: WorldOptions = {}) => {
  const { isolation = 'dedicated', paths = ['products/catalog.pdf', 'faq.md'], looks = 1 } = options;
  const stores = memoryStores();
  const knowledge = fakeKnowledge({ looks });
  const runtimes = fakeRuntimes({ looks });
  const roles = fakeRoles();
  const files = fakeBucket('knowledge');
  const code = fakeBucket('code');
  const clock = { now: () => time.nowMs };
  const time = { nowMs: 1_800_000_000_000 };
  const creator = fakeCreator(code.objects, options.builds ?? ['good']);
  const stopped: string[] = [];
  const channels = memoryChannels();
  const outside = fakeDeployer(options.channels);
  const watch = <Port extends object>(port: string, target: Port): Port => watched(port, target, options.onCall);

  if (isolation === 'shared') {
    knowledge.held.bases.set('KBSHARED', { name: 'stage', indexArn: 'arn:index/stage', tags: {} });
  }
  for (const path of paths) {
    files.current.set(`${USER}/${AGENT}/${path}`, new TextEncoder().encode(path));
    files.ever.add(`${USER}/${AGENT}/${path}`);
  }
  stores.rows.agents.set(AGENT, newAgent());
  stores.rows.knowledgeBases.set(KNOWLEDGE, newKnowledgeBase(paths));
  for (const type of Object.keys(options.channels ?? {}) as ChannelType[]) {
    const row = channelRow(KEY, type);
    channels.rows.set(`${USER}#${AGENT}#${type}`, row);
  }

  const settings = {
    AGENTS_TABLE: 'agents',
    VOICE_SESSIONS_TABLE: 'sessions',
    WEBSOCKET_URL: 'wss://live',
    KNOWLEDGE_BASES_TABLE: 'knowledgebases',
    KNOWLEDGE_BUCKET: 'knowledge',
    CODE_BUCKET: 'code',
    VECTOR_BUCKET_NAME: 'vectors',
    VECTOR_BUCKET_ARN: 'arn:vectors',
    KNOWLEDGE_ROLE_ARN: 'arn:role/knowledge',
    EMBEDDING_MODEL_ARN: 'arn:model/embedding',
    KNOWLEDGE_ISOLATION: isolation,
    SHARED_KNOWLEDGE_BASE_ID: 'KBSHARED',
    SHARED_DATA_SOURCE_ID: 'DSSHARED',
    RESOURCE_PREFIX: 'oratio',
    ENVIRONMENT: 'test',
    STAGE: 'test',
    AGENT_ROLE_PATH: '/oratio/test/agents/',
    AGENT_BOUNDARY_ARN: 'arn:aws:iam::111122223333:policy/oratio-agent-boundary',
    AGENT_MODEL_ID: 'us.amazon.nova-2-lite-v1:0',
    SPEECH_MODEL_ID: 'amazon.nova-2-sonic-v1:0',
    KEEP_CALL_FUNCTION: 'oratio-keep-call',
    PROVIDER_FUNCTION: 'oratio-speak-to-provider',
  } as const;
  const deps = {
    agents: watch('agents', stores.agents),
    knowledgeBases: watch('knowledgeBases', stores.knowledgeBases),
    clock,
    engine: watch('engine', knowledge.engine),
    indexes: watch('indexes', knowledge.indexes),
    files: watch('files', files.objects),
    code: watch('code', code.objects),
    conversations: { forget: async () => true },
    customers: { forget: async () => true },
    calls: { forget: async () => true, list: async () => ({ calls: [] }) },
    callEndings: { endSoon: async () => undefined },
    apiKeys: { forget: async () => undefined },
    providerKeys: { forget: async () => undefined },
    phoneNumbers: {
      list: async () => ({ numbers: [] }),
      free: async () => undefined,
      freeOutbound: async () => undefined,
      settle: async () => undefined,
      leave: async () => false,
      remove: async () => false,
    },
    statistics: { forget: async () => true },
    recordings: { erase: async () => undefined },
    creator: watch('creator', creator.creator),
    runtimes: watch('runtimes', runtimes.runtimes),
    roles: watch('roles', roles.roles),
    channels: watch('channels', channels.store),
    deployer: watch('deployer', outside.deployer),
    deployers: { connect: watch('deployer', outside.deployer), social: watch('deployer', outside.deployer) },
    executions: watch('executions', { stop: async (name: string) => void stopped.push(name) }),
    checkCode: gate,
    runtimeFiles: async () => ({ 'main.js': new TextEncoder().encode('host') }),
    packageAgent: ({ agentModule }: { agentModule: string }) => {
      const zip = new TextEncoder().encode(`zip of ${agentModule}`);
      return { zip, sha256: digestOf(zip) };
    },
    home: { partition: 'aws', region: 'us-east-1', accountId: '111122223333' },
    settings,
  };
  const tasks: Record<TaskName, TaskHandler<unknown>> = {
    ProvisionKnowledgeBase: provisionKnowledgeBase(deps),
    CheckIngestion: checkIngestion(deps),
    InvokeAgentCreator: invokeAgentCreator(deps),
    CheckCode: checkCode(deps),
    DeployAgentCore: deployAgentCore(deps),
    CheckRuntime: checkRuntime(deps),
    PlanChannels: planChannels(deps),
    DeployConnectChannel: deployChannel(deps),
    DeploySocialChannel: deployChannel(deps),
    RecordChannel: recordChannel(deps),
    ActivateAgent: activateAgent(deps),
    RecordProgress: recordProgress(deps),
    Compensate: compensate(deps),
    StopProvisioning: stopProvisioning(deps),
    RetireChannels: retireChannels(deps),
    RetireRuntime: retireRuntime(deps),
    RetireKnowledge: retireKnowledge(deps),
    EraseAgent: eraseAgent(deps),
  };
  return {
    tasks,
    deps,
    time,
    knowledge,
    runtimes,
    roles,
    files,
    code,
    builds: creator.started,
    stoppedBuilds: creator.stopped,
    stopped,
    rows: stores.rows,
    channels,
    /** What channels have outside. */
    outside,
    agent: (): Agent | undefined => stores.rows.agents.get(AGENT),
    knowledgeBase: (): KnowledgeBase | undefined => stores.rows.knowledgeBases.get(KNOWLEDGE),
    call: (name: TaskName, input: object = {}) =>
      tasks[name](
        { ...runInput(stores.rows.agents.get(AGENT)), ...input },
        { getRemainingTimeInMillis: () => 120_000 },
      ),
    /** Everything that exists for the agent outside its rows. */
    inventory: () => ({
      bases: [...knowledge.held.bases.values()].map(({ name }) => name).filter((name) => name !== 'stage'),
      sources: [...knowledge.held.sources.values()].map(({ name }) => name),
      indexes: [...knowledge.held.indexes],
      runtimes: [...runtimes.held.runtimes.values()].map(({ name }) => name),
      endpoints: runtimes.held.endpoints.size,
      roles: [...roles.held.keys()],
      sessions: [...creator.sessions],
      files: [...files.ever].sort(),
      code: [...code.ever].sort(),
      channels: [...outside.held].sort(),
    }),
  };
};
export type World = ReturnType<typeof makeWorld>;

export const runInput = (agent: Agent | undefined): RunInput => ({
  ...KEY,
  version: agent?.provisioning.version ?? 1,
  run: agent?.provisioning.run ?? 1,
});

export const newAgent = (change: Partial<Agent> = {}): Agent => ({
  ...KEY,
  agentName: 'Cozy Comfort',
  agentType: 'both',
  status: 'creating',
  sop: '1. Greet the caller.',
  knowledgeBaseId: KNOWLEDGE,
  knowledgeBaseDescription: 'Products and policies',
  humanHandoffDescription: 'Refunds',
  version: 1,
  provisioning: { run: 1, version: 1, status: 'running', startedAtMs: 1_800_000_000_000, steps: {} },
  revision: 1,
  createdAt: 1_800_000_000,
  updatedAt: 1_800_000_000,
  ...change,
});

const newKnowledgeBase = (paths: readonly string[]): KnowledgeBase => ({
  knowledgeBaseId: KNOWLEDGE,
  ...KEY,
  s3Path: `s3://knowledge/${USER}/${AGENT}/`,
  status: 'notready',
  folderFileDescriptions: {},
  files: Object.fromEntries(paths.map((path): [string, KnowledgeFile] => [path, newFile(path)])),
  createdAt: 1_800_000_000,
  updatedAt: 1_800_000_000,
});

const newFile = (path: string): KnowledgeFile => ({
  path,
  sizeBytes: path.length,
  contentType: 'text/plain',
  description: `About ${path}`,
  status: 'stored',
});

/** A code checker that knows one forbidden word. */
const gate: CodeChecker = async ({ agentFile }) =>
  agentFile.includes('forbidden')
    ? { findings: [{ rule: 'import', message: 'Import only "@oratio/agent-kit".', file: 'agent_file.ts', line: 1 }] }
    : { findings: [], transpiled: `// transpiled\n${agentFile}` };

const fakeCreator = (code: ReturnType<typeof fakeBucket>['objects'], outcomes: readonly BuildOutcome[]) => {
  const started: BuildRequest[] = [];
  const stopped: string[] = [];
  const sessions = new Set<string>();
  const write = (key: string, body: string) => code.write(key, body, { contentType: 'text/plain', tags: {} });
  const creator: AgentCreator = {
    startBuild: async (request) => {
      if (started.some(({ buildId }) => buildId === request.buildId)) return;
      started.push(request);
      sessions.add(request.buildId);
      const outcome = outcomes[Math.min(request.attempt, outcomes.length) - 1] ?? 'good';
      const { prefix } = request.output;
      if (outcome === 'silent') return;
      if (outcome === 'nonsense') return write(`${prefix}result.json`, '{"so": "what"');
      if (typeof outcome === 'object') {
        const result = { buildId: request.buildId, status: 'failed', error: outcome.error, digests: {} };
        return write(`${prefix}result.json`, JSON.stringify(result));
      }
      const contents = GENERATED_FILES.map((name) => [name, `${name} ${outcome} v${request.version}`] as const);
      for (const [name, body] of contents) await write(`${prefix}${name}`, body);
      const digests = Object.fromEntries(contents.map(([name, body]) => [name, digestOf(body)]));
      await write(`${prefix}result.json`, JSON.stringify({ buildId: request.buildId, status: 'succeeded', digests }));
    },
    stopBuild: async (buildId) => {
      stopped.push(buildId);
      sessions.delete(buildId);
    },
  };
  return { creator, started, stopped, sessions };
};

const watched = <Port extends object>(port: string, target: Port, onCall: WorldOptions['onCall']): Port => {
  if (onCall === undefined) return target;
  return new Proxy(target, {
    get: (object, name, receiver) => {
      const member: unknown = Reflect.get(object, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...parameters: unknown[]) => {
        await onCall({ port, method: String(name), after: false });
        const answer: unknown = await member.apply(object, parameters);
        await onCall({ port, method: String(name), after: true });
        return answer;
      };
    },
  });
};

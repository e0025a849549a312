import { beforeAll, expect, test } from 'vitest';
import { API_NEEDS, WEB_NEEDS } from './support/api-needs.ts';
import { CONNECT_NEEDS } from './support/connect-needs.ts';
import { type FunctionPolicy, functionPolicies, type Statement } from './support/policies.ts';
import { propertiesOf, type Synthesized, synthesized } from './support/synthesized.ts';
import { VOICE_NEEDS } from './support/voice-needs.ts';
import { WORKFLOW_NEEDS } from './support/workflow-needs.ts';

let stage: Synthesized;
let functions: readonly FunctionPolicy[];

beforeAll(async () => {
  stage = await synthesized();
  functions = functionPolicies(stage.app);
});

const NEEDS = { ...API_NEEDS, ...VOICE_NEEDS, ...WORKFLOW_NEEDS, ...CONNECT_NEEDS, ...WEB_NEEDS };

/** Every function may write its own log and its own traces. */
const OF_EVERY_FUNCTION = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const isOwn = (action: string): boolean => !OF_EVERY_FUNCTION.includes(action);
const actionsOf = ({ statements }: FunctionPolicy): string[] =>
  [...new Set(statements.flatMap(({ actions }) => actions))].filter(isOwn).toSorted();

test('each function may do what its use case needs and nothing else', () => {
  expect(Object.fromEntries(functions.map((fn) => [fn.name, actionsOf(fn)]))).toEqual(
    Object.fromEntries(Object.entries(NEEDS).map(([name, actions]) => [name, actions.toSorted()])),
  );
});

test('every function is denied every action that only others need', () => {
  const known = new Set(functions.flatMap(actionsOf));
  const pairs = functions.flatMap((fn) => {
    const needed = NEEDS[fn.name] ?? [];
    return [...known].filter((action) => !needed.includes(action)).map((action) => ({ fn, action }));
  });
  const allowed = pairs.filter(({ fn, action }) => fn.statements.some(({ actions }) => actions.includes(action)));
  expect(allowed.map(({ fn, action }) => `${fn.name}: ${action}`)).toEqual([]);
  expect(pairs.length).toBeGreaterThan(500);
});

test('no policy of any role names an action with a wildcard or denies by exception', () => {
  type Document = { PolicyDocument: { Statement: { Action?: string | string[]; NotAction?: unknown }[] } };
  const apart = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    propertiesOf<Document>(type, stage.data, stage.app),
  );
  const roles = propertiesOf<{ Policies?: Document[] }>('AWS::IAM::Role', stage.data, stage.app);
  const documents = [...apart, ...roles.flatMap(({ Policies = [] }) => Policies)];
  const statements = documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const actions = statements.flatMap(({ Action = [] }) => Action);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  expect(statements.filter(({ NotAction }) => NotAction !== undefined)).toEqual([]);
  expect(actions.length).toBeGreaterThan(100);
});

test('only actions that know no resource are allowed on all of them', () => {
  const onAll = (statement: Statement): boolean => statement.resources.includes('*');
  const actions = functions
    .flatMap(({ statements }) => statements.filter(onAll).flatMap((s) => s.actions))
    .filter(isOwn);
  expect([...new Set(actions)].toSorted()).toEqual([
    'bedrock-agentcore:CreateAgentRuntime',
    'bedrock-agentcore:ListAgentRuntimes',
    'bedrock:CreateKnowledgeBase',
    'bedrock:ListKnowledgeBases',
    'connect:CreateInstance',
    'ds:AuthorizeApplication',
    'ds:CheckAlias',
    'ds:CreateAlias',
    'ds:CreateIdentityPoolDirectory',
    'ds:DeleteDirectory',
    'ds:DescribeDirectories',
    'ds:UnauthorizeApplication',
    'polly:SynthesizeSpeech',
    'sms-voice:DescribePhoneNumbers',
    'social-messaging:ListLinkedWhatsAppBusinessAccounts',
    'transcribe:StartStreamTranscription',
  ]);
});

test('no role is given a policy that others maintain', () => {
  const roles = propertiesOf<{ ManagedPolicyArns?: unknown }>('AWS::IAM::Role', stage.data, stage.app);
  expect(roles.filter(({ ManagedPolicyArns }) => ManagedPolicyArns !== undefined)).toEqual([]);
});

test('a role for an agent is made only with the boundary, and handed to AgentCore only', () => {
  const deployer = functions.find(({ name }) => name === 'deploy-agent-core');
  const about = (action: string) =>
    deployer?.statements
      .filter(({ actions }) => actions.includes(action))
      .map(({ resources, conditions }) => ({ resources, conditions }));
  const roles = ['arn:<AWS::Partition>:iam::<AWS::AccountId>:role/oratio/dev/agents/oratio-dev-agent-*'];
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': { Ref: expect.stringContaining('Boundary') } } };
  expect({ create: about('iam:CreateRole'), put: about('iam:PutRolePolicy'), pass: about('iam:PassRole') }).toEqual({
    create: [{ resources: roles, conditions: bounded }],
    put: [{ resources: roles, conditions: bounded }],
    pass: [
      { resources: roles, conditions: { StringEquals: { 'iam:PassedToService': 'bedrock-agentcore.amazonaws.com' } } },
    ],
  });
});

test('the boundary of agents lets those made with an earlier model go on calling it', () => {
  const [boundary] = propertiesOf<{
    PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] };
  }>('AWS::IAM::ManagedPolicy', stage.app);
  const models = boundary?.PolicyDocument.Statement.find(({ Action }) => Action.includes('bedrock:InvokeModel'));
  const resources = JSON.stringify(models?.Resource);
  expect(resources).toContain(':bedrock:*::foundation-model/*');
  expect(resources).toContain(':inference-profile/*');
});

test('knowledge bases are changed only where their tags say that they are of this stage', () => {
  const isChange = (action: string) => /^bedrock:(?:Create|Delete|Start|Tag)/.test(action);
  const changes = functions.flatMap(({ statements }) => statements.filter(({ actions }) => actions.some(isChange)));
  const tags = (key: string) => ({ StringEquals: { [`${key}/platform`]: 'oratio', [`${key}/environment`]: 'dev' } });
  const wrong = changes.filter(({ actions, conditions }) => {
    const isNew = actions.some((action) => /:(?:CreateKnowledgeBase|TagResource)$/.test(action));
    return JSON.stringify(conditions) !== JSON.stringify(tags(isNew ? 'aws:RequestTag' : 'aws:ResourceTag'));
  });
  expect(wrong).toEqual([]);
  expect(changes.length).toBeGreaterThan(4);
});

test('nobody reads a table or bucket whose name nobody handed over', () => {
  const TABLES = {
    AGENTS_TABLE: 'StoresAgents',
    KNOWLEDGE_BASES_TABLE: 'StoresKnowledgeBases',
    CONVERSATIONS_TABLE: 'StoresConversations',
    IDEMPOTENCY_TABLE: 'StoresIdempotency',
    VOICE_SESSIONS_TABLE: 'StoresVoiceSessions',
    CALLS_TABLE: 'StoresCalls',
    API_KEYS_TABLE: 'StoresApiKeys',
    PHONE_NUMBERS_TABLE: 'StoresPhoneNumbers',
    STATISTICS_TABLE: 'StoresStatistics',
    CHANNELS_TABLE: 'StoresChannels',
    CUSTOMERS_TABLE: 'StoresCustomers',
  };
  const BUCKETS = {
    KNOWLEDGE_BUCKET: 'StoresKnowledgeBucket',
    CODE_BUCKET: 'StoresCodeBucket',
    RECORDINGS_BUCKET: 'StoresRecordingsBucket',
  };
  const wrong = functions.flatMap(({ name, statements, environment }) =>
    Object.entries({ ...TABLES, ...BUCKETS }).flatMap(([variable, resource]) => {
      const touches = statements.some(({ resources }) => resources.some((one) => one.includes(`GetAtt${resource}`)));
      return touches && !(variable in environment) ? [`${name}: ${variable}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

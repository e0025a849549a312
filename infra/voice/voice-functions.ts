import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { allModelArns, modelArns } from '../agents/agent-permissions.ts';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { StageConfig } from '../config.ts';
import { grantMemory } from '../customers/customer-permissions.ts';
import { KeepCallEnv, VoiceGatewayEnv, VoiceSessionEnv } from '../environments.ts';
import { functionArn, type Grantee, OratioFunction, seconds } from '../kernel/oratio-function.ts';
import type { ProviderKeysKey } from '../providers/provider-keys-key.ts';
import type { Stores } from '../stores/stores.ts';
import { voiceSessionName } from './voice-names.ts';
import type { VoiceSocket } from './voice-socket.ts';

export interface VoiceFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly runtimes: AgentRuntimes;
  readonly socket: VoiceSocket;
  readonly providerKeysKey: ProviderKeysKey;
}

/** API Gateway's limit for an integration of a WebSocket API (quotas page, 2026-11). */
const SOCKET_TIMEOUT = seconds(29);

/** Lambda's longest. The owner hands its call over before. */
const OWNER_TIMEOUT = seconds(900);

/** A call takes a fiftieth of a core (bench/README.md), and Lambda starts functions with more of a CPU than this; the gigabyte-seconds are a fifth of what a relayed minute costs. */
export const OWNER_MEMORY_MB = 512;

/** Lambda's shortest. A caller who waited longer for an owner has gone, or got another one. */
const OWNER_CALLED_WITHIN = seconds(60);

/** The functions of a call: who lets callers in and passes their words on, who speaks, who writes down. */
export class VoiceFunctions extends Construct {
  readonly gateway: OratioFunction;
  /** One invocation a call: its errors are calls that lost their owner. */
  readonly session: OratioFunction;
  readonly keepCall: OratioFunction;

  constructor(scope: Construct, id: string, props: VoiceFunctionsProps) {
    super(scope, id);
    this.session = voiceSession(this, props);
    this.gateway = voiceGateway(this, props);
    this.keepCall = keepCall(this, props);
  }
}

function voiceGateway(scope: Construct, { config, stores, socket }: VoiceFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'VoiceGateway', {
    config,
    name: 'voice-gateway',
    schema: VoiceGatewayEnv,
    environment: {
      STAGE: config.stage,
      VOICE_LINES: String(config.voiceLines),
      VOICE_TENANT_DAILY_BUDGET_USD: String(config.voiceTenantDailyBudgetUsd),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    },
    timeout: SOCKET_TIMEOUT,
  });
  fn.provide('PUBLIC_WEBSOCKET_URL', config.publicWebSocketUrl ?? socket.url);
  stores.agents.grant(fn, 'GetItem');
  stores.apiKeys.grant(fn, 'GetItem', 'UpdateItem');
  stores.calls.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem');
  stores.statistics.grant(fn, 'UpdateItem');
  grantPresentState(fn, stores);
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  socket.grantConnections(fn);
  socket.serve(fn);
  grantCallOwner(fn, config);
  grantTelephoneSecret(fn, config);
  return fn;
}

/** What somebody is shown first who begins to watch. */
function grantPresentState(fn: Grantee, stores: Stores): void {
  stores.agents.grantQueryOf(fn, 'userId-status-index');
  stores.calls.grantQueryOf(fn, 'status-index');
  stores.conversations.grant(fn, 'Query');
}

function voiceSession(scope: Construct, props: VoiceFunctionsProps): OratioFunction {
  const { config } = props;
  const fn = new OratioFunction(scope, 'VoiceSession', {
    config,
    name: 'voice-session',
    schema: VoiceSessionEnv,
    environment: {
      SPEECH_MODEL_ID: config.voiceModelId,
      AGENT_MODEL_ID: config.agentModelId,
      TWILIO_API_URL: TWILIO_API,
      VOICE_LINES: String(config.voiceLines),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    },
    timeout: OWNER_TIMEOUT,
    memoryMb: OWNER_MEMORY_MB,
    onceWithin: OWNER_CALLED_WITHIN,
  });
  grantOwning(fn, props);
  return fn;
}

/** What an owner of calls uses, wherever it runs. */
export function grantOwning(fn: Grantee, { config, stores, runtimes, socket }: VoiceFunctionsProps): void {
  grantKeeping(fn, stores);
  stores.recordings.grantObjects(fn, 'PutObject', 'PutObjectTagging');
  runtimes.grantAsking(fn);
  socket.grantConnections(fn);
  grantCallOwner(fn, config);
  grantTelephoneSecret(fn, config);
  grantSpeech(fn, { config });
}

function keepCall(scope: Construct, { config, stores, socket }: VoiceFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'KeepCall', {
    config,
    name: 'keep-call',
    schema: KeepCallEnv,
    environment: {
      VOICE_LINES: String(config.voiceLines),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    },
    timeout: seconds(10),
  });
  grantKeeping(fn, stores);
  socket.grantTelling(fn);
  // A presigned address lets its bearer do what its signer may do.
  stores.recordings.grantObjects(fn, 'PutObject', 'PutObjectTagging');
  grantCallOwner(fn, config);
  return fn;
}

/** Twilio's REST API (twilio.com/docs/usage/api). */
export const TWILIO_API = 'https://api.twilio.com';

/** What an owner of a call stores, itself or through keep-call. */
function grantKeeping(fn: Grantee, stores: Stores): void {
  stores.voiceSessions.grant(
    fn,
    'GetItem',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'ConditionCheckItem',
    'BatchGetItem',
  );
  // Whom a caller may switch to.
  stores.agents.grant(fn, 'GetItem');
  // What ends a call makes its words searchable.
  stores.calls.grant(fn, 'GetItem', 'UpdateItem', 'BatchWriteItem');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.conversations.grant(fn, 'PutItem');
  grantMemory(fn, stores);
}

/** To call an owner of a call into being. By name: an owner calls its own successor. */
function grantCallOwner(fn: Grantee, config: StageConfig): void {
  const name = voiceSessionName(config);
  fn.provide('VOICE_SESSION_FUNCTION', name);
  fn.allow(['lambda:InvokeFunction'], [functionArn(fn, name)]);
}

/** To check signatures of the telephone provider and to steer its calls; nothing where the stage has none. */
export function grantTelephoneSecret(fn: Grantee, { twilio }: StageConfig): void {
  fn.provide('TWILIO_SECRET_NAME', twilio?.secretName ?? '');
  if (twilio === undefined) return;
  // Secrets Manager appends six random characters to the name of a secret.
  fn.allow(['secretsmanager:GetSecretValue'], [secretArn(fn, `${twilio.secretName}-??????`)]);
}

const secretArn = (scope: IConstruct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Ears and voice of every engine: speech to speech, and the cascade of recognition, model and synthesis. Whoever asks agents may read the keys to them already. */
function grantSpeech(fn: Grantee, { config }: Pick<VoiceFunctionsProps, 'config'>): void {
  grantSpeechModels(fn, config);
  fn.provide('PROVIDER_ADDRESSES', config.providerAddresses);
}

/** Every model of AWS that may hear, think or speak for an agent. */
export function grantSpeechModels(fn: Grantee, config: StageConfig): void {
  // Bedrock's API reference asks for InvokeModel on the model for this stream, too: the next statement has it.
  fn.allow(['bedrock:InvokeModelWithBidirectionalStream'], modelArns(fn, config.voiceModelId));
  fn.allow(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], allModelArns(fn), {
    wildcardReason: 'Each agent’s settings name the text model of its cascade.',
  });
  fn.allow(['transcribe:StartStreamTranscription', 'polly:SynthesizeSpeech'], ['*'], {
    wildcardReason: 'A stream to Transcribe and speech of Polly without a lexicon have no resource to name.',
  });
}

import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type EmbeddedCognito, makeCognito } from './cognito/index.ts';
import type { LateParts } from './core/context.ts';
import type { AwsService, CloudContext, EventsService } from './core/service.ts';
import type { Trace } from './core/trace.ts';
import { type EmbeddedLambda, makeLambda } from './lambda/index.ts';
import { DEFAULT_LIMITS } from './lambda/pool.ts';
import { type EmbeddedAgentCore, makeAgentCore } from './services/agentcore/index.ts';
import { makeAgentCoreControl } from './services/agentcore-control/index.ts';
import { makeBedrockAgent } from './services/bedrock-agent/index.ts';
import { makeBedrockAgentRuntime } from './services/bedrock-agent-runtime/index.ts';
import { makeConverse } from './services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from './services/bedrock-runtime/index.ts';
import { NOVA_END_OF_TURN_MS } from './services/bedrock-runtime/sonic/index.ts';
import { makeCloudWatch } from './services/cloudwatch/index.ts';
import { type EmbeddedConnect, makeConnect } from './services/connect/index.ts';
import { makeConnectParticipant } from './services/connectparticipant/index.ts';
import { type DynamoDbService, makeDynamoDb } from './services/dynamodb/index.ts';
import { makeEvents } from './services/events/index.ts';
import { identityStore, makeIam, rolePoliciesOf } from './services/iam/index.ts';
import { makeKms } from './services/kms/index.ts';
import { makeLogs } from './services/logs/index.ts';
import { makePolly } from './services/polly/index.ts';
import { makeS3 } from './services/s3/index.ts';
import { makeS3Vectors } from './services/s3vectors/index.ts';
import { makeSecretsManager } from './services/secretsmanager/index.ts';
import { makeSns } from './services/sns/index.ts';
import { makeSocialMessaging } from './services/socialmessaging/index.ts';
import { makeSqs } from './services/sqs/index.ts';
import { makeSsm } from './services/ssm/index.ts';
import { makeStates, type StatesService } from './services/states/index.ts';
import { makeSts } from './services/sts/index.ts';
import { makeTranscribe } from './services/transcribe/index.ts';
import type { WhatsAppExchange } from './social/aws-links.ts';
import type { Speech } from './speech/speech.ts';

/** Every service of the embedded cloud, by its name. */
export interface Services {
  readonly lambda: EmbeddedLambda;
  readonly cognito: EmbeddedCognito;
  readonly dynamodb: DynamoDbService;
  readonly states: StatesService;
  readonly events: EventsService;
  readonly agentCore: EmbeddedAgentCore;
  readonly connect: EmbeddedConnect;
  readonly [name: string]: AwsService;
}

/** Milliseconds on the cloud's clock until what was asked for is there. */
export interface Latencies {
  readonly knowledgeBaseMs?: number;
  readonly ingestionMs?: number;
  readonly runtimeMs?: number;
  readonly endpointMs?: number;
  readonly rolePropagationMs?: number;
}

interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** EventBridge's way to queues and dead letters. */
function queueSender(context: CloudContext, credentials: RootCredentials) {
  let client: SQSClient | undefined;
  return async (queueArn: string, body: string): Promise<void> => {
    client ??= new SQSClient({ endpoint: context.endpointUrl(), region: context.region, credentials });
    const QueueUrl = `${context.endpointUrl()}/${context.accountId}/${queueArn.split(':').at(-1)}`;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  };
}

/** `ORATIO_ENDPOINTING=nova`: turns end after the pauses of the real Nova Sonic. */
const endOfTurnOf = ({ ORATIO_ENDPOINTING }: NodeJS.ProcessEnv) =>
  ORATIO_ENDPOINTING === 'nova' ? NOVA_END_OF_TURN_MS : undefined;

interface Joined {
  readonly context: CloudContext;
  readonly late: LateParts;
  readonly root: RootCredentials;
  readonly trace: Trace;
  readonly latencies?: Latencies | undefined;
  readonly warmFunctions?: number | undefined;
  readonly speech: () => Promise<Speech>;
  /** WhatsApp, for those who reach it through AWS. */
  readonly whatsApp: WhatsAppExchange;
  /** Variables that functions get in the place of those of the template, where that has them. */
  readonly peers?: (() => Readonly<Record<string, string>>) | undefined;
}

/** Makes all services over one context and fills in what the context needs of them. */
export function joinServices({
  context,
  late,
  root,
  trace,
  latencies,
  warmFunctions,
  speech,
  whatsApp,
  peers,
}: Joined): Services {
  const identities = identityStore(context);
  const sqs = makeSqs(context);
  const lambda = makeLambda(context, {
    trace,
    queues: sqs.queues,
    limits: { ...DEFAULT_LIMITS, idle: warmFunctions ?? DEFAULT_LIMITS.idle },
    peers,
  });
  const states = makeStates(context, { lambda });
  const queues = { sendMessage: queueSender(context, root) };
  const events = makeEvents(context, {
    lambda,
    states,
    queues,
  });
  const sns = makeSns(context, { lambda, queues });
  const connect = makeConnect(context, { lambda, sns });
  const converse = makeConverse({
    modelUrl: process.env.ORATIO_MODEL_URL,
    modelApiKey: process.env.ORATIO_MODEL_API_KEY,
    modelName: process.env.ORATIO_MODEL_NAME,
    newId: randomUUID,
    monotonicMs: () => performance.now(),
  });
  late.rolePolicies = rolePoliciesOf(identities);
  late.publish = events.publish;
  return {
    lambda,
    states,
    events,
    cognito: makeCognito(context),
    dynamodb: makeDynamoDb(context),
    s3: makeS3(context),
    iam: makeIam(context, identities),
    sts: makeSts(context),
    sqs,
    sns,
    ssm: makeSsm(context),
    kms: makeKms(context),
    logs: makeLogs(context),
    cloudwatch: makeCloudWatch(context),
    secretsmanager: makeSecretsManager(context),
    socialMessaging: makeSocialMessaging(context, { exchange: whatsApp, sns }),
    s3vectors: makeS3Vectors(context),
    bedrockAgent: makeBedrockAgent(context, latencies),
    bedrockAgentRuntime: makeBedrockAgentRuntime(context),
    bedrockRuntime: makeBedrockRuntime(context, { converse, speech, endOfTurnMs: endOfTurnOf(process.env) }),
    transcribe: makeTranscribe(context, { speech }),
    polly: makePolly(context, { speech }),
    agentCoreControl: makeAgentCoreControl(context, latencies),
    agentCore: makeAgentCore(context),
    connect,
    connectParticipant: makeConnectParticipant(connect.desk),
  };
}

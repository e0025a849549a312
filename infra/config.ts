import * as z from 'zod';
import { RateLimits } from '../shared/http/rate-limit.ts';
import { FirstAgent } from '../shared/providers/first-agent.ts';
import { ADDRESS_POLICIES } from '../shared/providers/safe-address.ts';
import { DialPrefixes } from '../shared/transfer/dial-policy.ts';
import { DEFAULT_SPEECH_MODEL_ID, SpeechModelError, speechModel } from '../shared/voice/engines/model-catalogue.ts';

/** Days that CloudWatch Logs accepts; any other number fails at deployment, so it fails here. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731] as const;

const Days = z.union(RETENTION_DAYS.map((days) => z.literal(days)));

/** Models Bedrock no longer runs (Bedrock user guide, model cards, read 2026-11-21); an agent that named one would fail at its first word. */
const ENDED_MODELS = ['amazon.nova-premier-v1:0'];

const ModelId = z
  .string()
  .min(1)
  .refine((id) => !ENDED_MODELS.some((ended) => id.endsWith(ended)), 'this model has reached the end of its life');

/** Where the media container is reached, and the certificate of ACM for that name (docs/adr/0033-media-container.md). */
const MediaContainer = z.strictObject({
  domainName: z.hostname(),
  certificateArn: z.string().regex(/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/),
  /** Tasks that always run; two survive the loss of a zone. */
  minTasks: z.int().min(1).max(100).default(2),
  maxTasks: z.int().min(1).max(100).default(10),
});

/**
 * An ElizaOS server of the stage's own (docs/adr/0044-elizaos-is-a-reply-engine.md). The secret holds `authToken`,
 * `secretSalt` and `modelApiKey`; the certificate of ACM is for the domain name, which only the server's network resolves.
 */
const ElizaOs = z.strictObject({
  secretName: z.string().min(1).max(512),
  domainName: z.hostname(),
  certificateArn: z.string().regex(/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/),
  /** An API like OpenAI's, with `/responses` and `/embeddings`. */
  modelBaseUrl: z.url({ protocol: /^https$/ }).default('https://api.openai.com/v1'),
  modelId: z.string().min(1),
  embeddingModelId: z.string().min(1).default('text-embedding-3-small'),
});

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:30');
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

/** Telephone numbers, SMS and chats by Amazon Connect, and people who take over (docs/adr/0041-one-connect-instance-a-stage.md). */
const Connect = z.strictObject({
  /** An instance that is there already; without it the stack makes one, of which an account may have two. */
  instanceArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:connect:[a-z0-9-]+:\d{12}:instance\/[0-9a-f-]{36}$/)
    .optional(),
  /** When people answer; agents answer always. */
  hours: z
    .strictObject({
      timeZone: z.string().min(1).default('UTC'),
      days: z
        .array(z.enum(WEEKDAYS))
        .min(1)
        .default([...WEEKDAYS]),
      opens: ClockTime.default('00:00'),
      closes: ClockTime.default('23:59'),
    })
    .prefault({}),
  /** A Lex V2 bot with the intents of `shared/connect/flow/contact-flows.ts`, Nova Sonic its speech where its locale says so; without it callers press keys. */
  lexBotAliasArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:lex:[a-z0-9-]+:\d{12}:bot-alias\/[A-Z0-9]{10}\/[A-Z0-9]{10}$/)
    .optional(),
});
export type ConnectConfig = z.output<typeof Connect>;

/**
 * What may differ between stages. Parsed once; everything below `infra/` gets the parsed value.
 * The stage name's bound comes from AgentCore: a runtime name has 48 characters at most, and ours is
 * `o_{stage}_{32 hexadecimal digits}`; IAM's 64 for `oratio-{stage}-agent-{uuid}` allows no more than 13 either.
 */
const StageSettings = z.strictObject({
  /** `dedicated`: one Bedrock knowledge base an agent (100 an account by default). `shared`: one a stage, filtered. */
  knowledgeIsolation: z.enum(['dedicated', 'shared']).default('dedicated'),
  /** Bedrock model or inference profile that deployed agents call. */
  agentModelId: ModelId.default('us.amazon.nova-2-lite-v1:0'),
  /** Bedrock model or inference profile that the AgentCreator calls. */
  creatorModelId: ModelId.default('us.amazon.nova-2-lite-v1:0'),
  /** Its vectors must be 1,024 wide. */
  embeddingModelId: z.string().min(1).default('amazon.titan-embed-text-v2:0'),
  conversationTtlDays: z.int().positive().max(3650).default(30),
  logRetentionDays: Days.default(30),
  /** Shortest time between two looks of the workflow at something that takes long; each look costs three state transitions (bench/README.md). */
  pollSeconds: z.int().min(1).max(60).default(2),
  /** Who is mailed by alarms; without it alarms only show in CloudWatch. */
  alarmEmail: z.email().optional(),
  /** Browser origins that may call the API and post uploads. */
  allowedOrigins: z.array(z.url()).default([]),
  apiRequestsPerSecond: z.int().positive().default(50),
  apiBurst: z.int().positive().default(100),
  /** Calls that may be spoken at once, all tenants together: the account's quota of concurrent Nova Sonic streams. */
  voiceLines: z.int().min(1).max(1000).default(20),
  /** Bedrock's speech-to-speech model of calls; one that the catalogue has and that can be used on the day of synthesis. */
  voiceModelId: z.string().default(DEFAULT_SPEECH_MODEL_ID),
  /** What all calls of a tenant may cost in a UTC day. */
  voiceTenantDailyBudgetUsd: z.number().positive().max(100_000).default(50),
  /** Where callers from outside reach the HTTP API, when not at its own address: `https://api.example.com`. Telephone providers sign this very address. */
  publicApiUrl: z.url({ protocol: /^https$/ }).optional(),
  /** The same of the WebSocket API, with its stage: `wss://voice.example.com/live`. */
  publicWebSocketUrl: z.url({ protocol: /^wss$/ }).optional(),
  /** The telephone provider; its account and key are in this secret of Secrets Manager. Without it there are no phone calls. */
  twilio: z.strictObject({ secretName: z.string().min(1).max(512) }).optional(),
  /** Beginnings of the numbers (E.164) that calls may be passed on to; dear ones among them only where named (`shared/transfer/dial-policy.ts`). */
  transferPrefixes: DialPrefixes.default(['+1']),
  /** Telephone calls reach a media server in a container at this name instead of the WebSocket API; it is paid by the hour. */
  mediaContainer: MediaContainer.optional(),
  /** Without it there are no channels `voice`, `sms` and `chat`, and nobody is handed over to people. */
  connect: Connect.optional(),
  /** Agents may be answered for by ElizaOS, which then runs as a service; it is paid by the hour. */
  elizaos: ElizaOs.optional(),
  /** Where services that tenants name may be; loopback is for stages that run whole on one machine. */
  providerAddresses: z.enum(ADDRESS_POLICIES).default('public'),
  /** How fast one user, and one API key, may change things. */
  rateLimits: RateLimits.prefault({}),
  /** What a user without any agent is given. */
  firstAgent: FirstAgent.prefault({}),
  /** Keeps tables, buckets and the user pool when a stack is deleted. */
  retainData: z.boolean().default(true),
});

const StageName = z.string().regex(/^[a-z][a-z0-9]{0,11}$/, 'a stage is 1 to 12 of a-z and 0-9, a letter first');

/** The context of the app: `stage` picks one of `stages`. */
const AppContext = z.object({
  stage: StageName,
  stages: z.record(StageName, StageSettings),
  /** Set by a pipeline; otherwise asked of git. */
  commit: z.string().optional(),
});

export interface StageConfig extends z.output<typeof StageSettings> {
  readonly stage: string;
  /** `oratio` for stage `prod`, else `oratio-{stage}`. */
  readonly prefix: string;
  /** Answered by `GET /version`. */
  readonly commit: string;
}

/**
 * Parses the app's context; `todayMs` (Unix milliseconds) decides which speech models there are. Throws an `Error` that
 * names each wrong place.
 */
export function stageConfig(context: unknown, commitOfSource: () => string, todayMs: number): StageConfig {
  const parsed = AppContext.safeParse(context);
  if (!parsed.success) throw new Error(`The CDK context is wrong:\n${z.prettifyError(parsed.error)}`);
  const { stage, stages, commit } = parsed.data;
  const settings = stages[stage];
  if (!settings) throw new Error(`cdk.json has no stage "${stage}", only ${Object.keys(stages).join(', ')}.`);
  demandSpeechModel(settings.voiceModelId, todayMs);
  return {
    ...settings,
    stage,
    prefix: stage === 'prod' ? 'oratio' : `oratio-${stage}`,
    commit: commit ?? commitOfSource(),
  };
}

/** A call would fail at its first word. */
function demandSpeechModel(id: string, todayMs: number): void {
  try {
    const { engine } = speechModel(id, todayMs);
    if (engine === 'nova-sonic') return;
  } catch (error) {
    if (error instanceof SpeechModelError) throw new Error(`voiceModelId: ${error.message}`, { cause: error });
    throw error;
  }
  throw new Error(`voiceModelId: ${id} is no speech-to-speech model of Bedrock.`);
}

import * as z from 'zod';

/** What the language demands of one type of action (each type's page in the APIReference). */
export interface ActionRule {
  /** What its parameters must be; unknown names are refused, as AWS does. */
  readonly parameters: z.ZodType;
  /** Errors that must have a branch. */
  readonly errors: readonly string[];
  /** Further errors that may have one. */
  readonly otherErrors?: readonly string[];
  readonly next: 'required' | 'none';
  /** Operands its conditions may and must have; absent: it takes no conditions. */
  readonly conditions?: ConditionRule;
}

export interface ConditionRule {
  readonly operands: z.ZodType<string>;
  /** Each must have a branch. */
  readonly required?: (parameters: Readonly<Record<string, unknown>>) => readonly string[];
}

/** What is read when the flow runs: `$.Attributes.turn`, `$.External.message`. */
const ROOTS =
  '(?:Attributes|External|Lex|CustomerEndpoint|SystemEndpoint|Channel|ContactId|InitialContactId|InstanceARN|Queue|StoredCustomerInput|FlowAttributes|Loop|Metrics|Media)';
const JSON_PATH = new RegExp(`^\\$\\.${ROOTS}(?:\\.[A-Za-z0-9_-]+)*$`);

const text = z.string().min(1).refine(isTextOrPath, 'a text, or one path such as $.Attributes.prompt');
const jsonPath = z.string().regex(JSON_PATH, 'a path such as $.External.next');
const arn = (service: string) => z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:.+$`));
const arnOrPath = (service: string) => z.union([arn(service), jsonPath]);
const digits = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .refine((count) => Number(count) >= min && Number(count) <= max, `a whole number from ${min} to ${max}, as text`);
const values = z.record(z.string().min(1).max(255), z.string());

/** Exactly one way to say something. */
const prompt = { Text: text.optional(), SSML: text.optional(), PromptId: z.string().min(1).optional() };
const onePrompt = ({ Text, SSML, PromptId }: { Text?: unknown; SSML?: unknown; PromptId?: unknown }): boolean =>
  [Text, SSML, PromptId].filter((one) => one !== undefined).length === 1;
const ONE_PROMPT = 'exactly one of Text, SSML and PromptId';

const nothing = z.strictObject({});
const NO_MATCH = 'NoMatchingError';
const NO_CONDITION = 'NoMatchingCondition';
const fixed = (...operands: readonly [string, ...string[]]): ConditionRule => ({
  operands: z.enum(operands),
  required: () => operands,
});

/** The types that our flows are made of; a type that is not here is refused. */
export const ACTION_RULES: Readonly<Record<string, ActionRule>> = {
  UpdateFlowLoggingBehavior: {
    parameters: z.strictObject({ FlowLoggingBehavior: z.enum(['Enabled', 'Disabled']) }),
    errors: [],
    next: 'required',
  },
  UpdateContactRecordingBehavior: {
    parameters: z.strictObject({
      RecordingBehavior: z.strictObject({ RecordedParticipants: z.array(z.enum(['Agent', 'Customer'])).max(2) }),
    }),
    errors: [],
    next: 'required',
  },
  UpdateContactAttributes: {
    parameters: z.strictObject({ Attributes: values, TargetContact: z.enum(['Current', 'Related']) }),
    errors: [NO_MATCH],
    next: 'required',
  },
  MessageParticipant: {
    parameters: z.strictObject(prompt).refine(onePrompt, ONE_PROMPT),
    errors: [NO_MATCH],
    next: 'required',
  },
  GetParticipantInput: {
    parameters: z
      .strictObject({ ...prompt, InputTimeLimitSeconds: digits(1, 180), StoreInput: z.literal('False') })
      .refine(onePrompt, ONE_PROMPT),
    errors: ['InputTimeLimitExceeded', NO_CONDITION, NO_MATCH],
    next: 'required',
    conditions: { operands: z.string().regex(/^[0-9*#]$/, 'one key: 0-9, * or #') },
  },
  ConnectParticipantWithLexBot: {
    parameters: z
      .strictObject({
        ...prompt,
        LexV2Bot: z.strictObject({ AliasArn: arnOrPath('lex') }),
        LexSessionAttributes: values.optional(),
        LexTimeoutSeconds: z.strictObject({ Text: digits(1, 604_800) }).optional(),
      })
      .refine(onePrompt, ONE_PROMPT),
    errors: [NO_CONDITION, NO_MATCH],
    otherErrors: ['InputTimeLimitExceeded'],
    next: 'required',
    conditions: { operands: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'the name of an intent') },
  },
  InvokeLambdaFunction: {
    parameters: z.strictObject({
      LambdaFunctionARN: arnOrPath('lambda'),
      InvocationTimeLimitSeconds: digits(1, 8),
      InvocationType: z.enum(['SYNCHRONOUS', 'ASYNCHRONOUS']).optional(),
      LambdaInvocationAttributes: values.optional(),
      ResponseValidation: z.strictObject({ ResponseType: z.enum(['STRING_MAP', 'JSON']) }),
    }),
    errors: [NO_MATCH],
    next: 'required',
  },
  Compare: {
    parameters: z.strictObject({ ComparisonValue: jsonPath }),
    errors: [NO_CONDITION],
    next: 'required',
    conditions: { operands: z.string() },
  },
  Loop: {
    parameters: z.strictObject({ LoopCount: digits(0, 100) }),
    errors: [],
    otherErrors: [NO_MATCH],
    next: 'required',
    conditions: fixed('ContinueLooping', 'DoneLooping'),
  },
  CheckHoursOfOperation: {
    parameters: z.strictObject({ HoursOfOperationId: z.union([arn('connect'), jsonPath]).optional() }),
    errors: [NO_MATCH],
    next: 'required',
    conditions: fixed('True', 'False'),
  },
  Wait: {
    parameters: z.strictObject({
      TimeLimitSeconds: digits(1, 604_800),
      Events: z.array(z.enum(['CustomerReturned', 'BotParticipantDisconnected'])).max(2),
    }),
    errors: [NO_MATCH],
    otherErrors: ['ParticipantNotFound'],
    next: 'required',
    conditions: {
      operands: z.enum(['WaitCompleted', 'CustomerReturned', 'BotParticipantDisconnected']),
      required: ({ Events }) => ['WaitCompleted', ...(Array.isArray(Events) ? (Events as string[]) : [])],
    },
  },
  UpdateContactTargetQueue: {
    parameters: z.strictObject({ QueueId: arnOrPath('connect') }),
    errors: [NO_MATCH],
    next: 'required',
  },
  TransferContactToQueue: {
    parameters: nothing,
    errors: ['QueueAtCapacity', NO_MATCH],
    next: 'required',
  },
  DisconnectParticipant: { parameters: nothing, errors: [], next: 'none' },
};

/** A path stands alone or inside a text; what only looks like one would be read out as it is. */
function isTextOrPath(value: string): boolean {
  const paths = value.match(/\$\.[A-Za-z0-9_.-]+/g) ?? [];
  return paths.every((path) => JSON_PATH.test(path.replace(/[.-]+$/, '')));
}

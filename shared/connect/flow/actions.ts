import type { FlowAction, FlowError } from './flow-language.ts';

/** What is kept of a contact while its flow runs, by the name of its attribute. */
export const HANDOFF_ATTRIBUTES = [
  'agentId',
  'channel',
  'customerId',
  'summary',
  'sentiment',
  'collected',
  'transcriptUrl',
] as const;
export type HandoffAttribute = (typeof HANDOFF_ATTRIBUTES)[number];

type Branches = Readonly<Record<string, string>>;

const errorsOf = (branches: Branches): readonly FlowError[] =>
  Object.entries(branches).map(([ErrorType, NextAction]) => ({ ErrorType, NextAction }));

const when = (branches: Branches) =>
  Object.entries(branches).map(([operand, NextAction]) => ({
    NextAction,
    Condition: { Operator: 'Equals', Operands: [operand] },
  }));

const otherwise = (next: string): Branches => ({ NoMatchingError: next });

export const log = (id: string, next: string): FlowAction => ({
  Identifier: id,
  Type: 'UpdateFlowLoggingBehavior',
  Parameters: { FlowLoggingBehavior: 'Enabled' },
  Transitions: { NextAction: next },
});

/** Says something; a contact that cannot hear it goes on all the same, unless `failed` says where to. */
export const say = (id: string, text: string, next: string, failed = next): FlowAction => ({
  Identifier: id,
  Type: 'MessageParticipant',
  Parameters: { Text: text },
  Transitions: { NextAction: next, Errors: errorsOf(otherwise(failed)) },
});

export const setAttributes = (
  id: string,
  attributes: Readonly<Record<string, string>>,
  next: string,
  failed: string,
): FlowAction => ({
  Identifier: id,
  Type: 'UpdateContactAttributes',
  Parameters: { Attributes: attributes, TargetContact: 'Current' },
  Transitions: { NextAction: next, Errors: errorsOf(otherwise(failed)) },
});

/** Connect gives a function 8 s and then takes the error branch (adminguide, "Invoke AWS Lambda functions"). */
const LAMBDA_SECONDS = 8;

export const invoke = (
  id: string,
  lambdaArn: string,
  attributes: Readonly<Record<string, string>>,
  next: string,
  failed: string,
): FlowAction => ({
  Identifier: id,
  Type: 'InvokeLambdaFunction',
  Parameters: {
    LambdaFunctionARN: lambdaArn,
    InvocationTimeLimitSeconds: String(LAMBDA_SECONDS),
    LambdaInvocationAttributes: attributes,
    ResponseValidation: { ResponseType: 'STRING_MAP' },
  },
  Transitions: { NextAction: next, Errors: errorsOf(otherwise(failed)) },
});

/** Branches by a value, all others going to `none`. */
export const compare = (id: string, value: string, branches: Branches, none: string): FlowAction => ({
  Identifier: id,
  Type: 'Compare',
  Parameters: { ComparisonValue: value },
  Transitions: { NextAction: none, Conditions: when(branches), Errors: errorsOf({ NoMatchingCondition: none }) },
});

export const checkHours = (
  id: string,
  hoursOfOperationArn: string,
  { open, closed }: { readonly open: string; readonly closed: string },
): FlowAction => ({
  Identifier: id,
  Type: 'CheckHoursOfOperation',
  Parameters: { HoursOfOperationId: hoursOfOperationArn },
  Transitions: {
    NextAction: open,
    Conditions: when({ True: open, False: closed }),
    // Whoever cannot be told the hours is served.
    Errors: errorsOf(otherwise(open)),
  },
});

/** Asks for a key; `silent` is where whoever presses none goes, `wrong` whoever presses one that means nothing. */
export const menu = (
  id: string,
  {
    text,
    keys,
    silent,
    wrong,
    failed,
  }: {
    readonly text: string;
    readonly keys: Branches;
    readonly silent: string;
    readonly wrong: string;
    readonly failed: string;
  },
): FlowAction => ({
  Identifier: id,
  Type: 'GetParticipantInput',
  Parameters: { Text: text, InputTimeLimitSeconds: '8', StoreInput: 'False' },
  Transitions: {
    NextAction: wrong,
    Conditions: when(keys),
    Errors: errorsOf({ InputTimeLimitExceeded: silent, NoMatchingCondition: wrong, NoMatchingError: failed }),
  },
});

/** Listens by a Lex bot (whose locale may speak with Nova Sonic), branching by intent. */
export const listen = (
  id: string,
  {
    text,
    lexBotAliasArn,
    intents,
    silent,
    wrong,
    failed,
  }: {
    readonly text: string;
    readonly lexBotAliasArn: string;
    readonly intents: Branches;
    readonly silent: string;
    readonly wrong: string;
    readonly failed: string;
  },
): FlowAction => ({
  Identifier: id,
  Type: 'ConnectParticipantWithLexBot',
  Parameters: { Text: text, LexV2Bot: { AliasArn: lexBotAliasArn } },
  Transitions: {
    NextAction: wrong,
    Conditions: when(intents),
    Errors: errorsOf({ InputTimeLimitExceeded: silent, NoMatchingCondition: wrong, NoMatchingError: failed }),
  },
});

export const loop = (id: string, count: number, again: string, done: string): FlowAction => ({
  Identifier: id,
  Type: 'Loop',
  Parameters: { LoopCount: String(count) },
  Transitions: { NextAction: done, Conditions: when({ ContinueLooping: again, DoneLooping: done }) },
});

/** Waits until the bot that answers leaves the chat, at most `seconds`. */
export const waitForBot = (
  id: string,
  seconds: number,
  { left, over, failed }: { readonly left: string; readonly over: string; readonly failed: string },
): FlowAction => ({
  Identifier: id,
  Type: 'Wait',
  Parameters: { TimeLimitSeconds: String(seconds), Events: ['BotParticipantDisconnected'] },
  Transitions: {
    NextAction: over,
    Conditions: when({ WaitCompleted: over, BotParticipantDisconnected: left }),
    Errors: errorsOf({ ParticipantNotFound: left, NoMatchingError: failed }),
  },
});

export const setQueue = (id: string, queueArn: string, next: string, failed: string): FlowAction => ({
  Identifier: id,
  Type: 'UpdateContactTargetQueue',
  Parameters: { QueueId: queueArn },
  Transitions: { NextAction: next, Errors: errorsOf(otherwise(failed)) },
});

export const transfer = (
  id: string,
  { next, full, failed }: { readonly next: string; readonly full: string; readonly failed: string },
): FlowAction => ({
  Identifier: id,
  Type: 'TransferContactToQueue',
  Parameters: {},
  Transitions: { NextAction: next, Errors: errorsOf({ QueueAtCapacity: full, NoMatchingError: failed }) },
});

export const disconnect = (id: string): FlowAction => ({
  Identifier: id,
  Type: 'DisconnectParticipant',
  Parameters: {},
  Transitions: {},
});

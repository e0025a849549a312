/** What a parameter must be; `path` stands for any dynamic reference, which only the run can check. */
export type ParameterRule =
  | { readonly kind: 'text' }
  | { readonly kind: 'object' }
  | { readonly kind: 'list' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number };

export interface ActionType {
  readonly parameters?: Readonly<Record<string, ParameterRule>>;
  readonly required?: readonly string[];
  /** Exactly one of these must be there. */
  readonly oneOf?: readonly string[];
  /** Errors that need a branch. */
  readonly errors?: readonly string[];
  /** The errors that need a branch, where that depends on the parameters. */
  readonly errorsOf?: (parameters: Readonly<Record<string, unknown>>) => readonly string[];
  /** Further errors that may have one; `NoMatchingError` always may. */
  readonly otherErrors?: readonly string[];
  /** Whether it branches by conditions. */
  readonly conditions?: true;
  /** Nothing comes after it. */
  readonly ends?: true;
  /** Types of flows it cannot be in. */
  readonly notIn?: readonly string[];
}

const text: ParameterRule = { kind: 'text' };
const object: ParameterRule = { kind: 'object' };
const list: ParameterRule = { kind: 'list' };
const oneOf = (...values: readonly string[]): ParameterRule => ({ kind: 'one-of', values });
const number = (min: number, max: number): ParameterRule => ({ kind: 'number', min, max });

const NO_MATCH = ['NoMatchingError'];
const MENU_ERRORS = ['InputTimeLimitExceeded', 'NoMatchingCondition', 'NoMatchingError'];
const PROMPT = { PromptId: text, Text: text, SSML: text, Media: object };
const PROMPTS = Object.keys(PROMPT);
const QUEUE_FLOWS = ['CUSTOMER_QUEUE', 'CUSTOMER_WHISPER', 'AGENT_WHISPER', 'CUSTOMER_HOLD', 'AGENT_HOLD'];

/** The types of actions that the embedded cloud runs, with what the API demands of each (their pages in the API reference). */
export const ACTION_TYPES: Readonly<Record<string, ActionType>> = {
  MessageParticipant: { parameters: PROMPT, oneOf: PROMPTS },
  MessageParticipantIteratively: {
    parameters: { Messages: list, InterruptFrequencySeconds: number(1, 600) },
    required: ['Messages'],
  },
  GetParticipantInput: {
    parameters: {
      ...PROMPT,
      InputTimeLimitSeconds: number(1, 180),
      StoreInput: oneOf('True', 'False'),
      InputValidation: object,
      InputEncryption: object,
      DTMFConfiguration: object,
    },
    required: ['InputTimeLimitSeconds', 'StoreInput'],
    oneOf: PROMPTS,
    errors: MENU_ERRORS,
    // What is stored is not compared, and time that is over ends the entry.
    errorsOf: ({ StoreInput }) => (StoreInput === 'True' ? NO_MATCH : MENU_ERRORS),
    otherErrors: ['InvalidPhoneNumber'],
    conditions: true,
    notIn: ['AGENT_WHISPER', 'CUSTOMER_HOLD', 'AGENT_HOLD'],
  },
  ConnectParticipantWithLexBot: {
    parameters: {
      ...PROMPT,
      LexV2Bot: object,
      LexBot: object,
      LexSessionAttributes: object,
      LexInitializationData: object,
      LexTimeoutSeconds: object,
    },
    oneOf: ['LexV2Bot', 'LexBot'],
    errors: ['NoMatchingCondition', 'NoMatchingError'],
    otherErrors: ['InputTimeLimitExceeded'],
    conditions: true,
  },
  DisconnectParticipant: { ends: true },
  EndFlowExecution: { ends: true },
  Compare: {
    parameters: { ComparisonValue: text },
    required: ['ComparisonValue'],
    errors: ['NoMatchingCondition'],
    conditions: true,
  },
  CheckHoursOfOperation: { parameters: { HoursOfOperationId: text }, errors: NO_MATCH, conditions: true },
  CheckMetricData: {
    parameters: { MetricType: text, QueueId: text, AgentId: text },
    required: ['MetricType'],
    errors: ['NoMatchingCondition', 'NoMatchingError'],
    conditions: true,
  },
  DistributeByPercentage: { errors: ['NoMatchingCondition'], conditions: true },
  Loop: { parameters: { LoopCount: number(0, 100) }, required: ['LoopCount'], conditions: true },
  Wait: {
    parameters: { TimeLimitSeconds: number(1, 604_800), Events: list },
    required: ['TimeLimitSeconds'],
    errors: NO_MATCH,
    otherErrors: ['ParticipantNotFound'],
    conditions: true,
  },
  TransferToFlow: {
    parameters: { ContactFlowId: text },
    required: ['ContactFlowId'],
    errors: NO_MATCH,
    notIn: QUEUE_FLOWS,
  },
  InvokeLambdaFunction: {
    parameters: {
      LambdaFunctionARN: text,
      InvocationTimeLimitSeconds: number(1, 8),
      InvocationType: oneOf('SYNCHRONOUS', 'ASYNCHRONOUS'),
      LambdaInvocationAttributes: object,
      ResponseValidation: object,
    },
    required: ['LambdaFunctionARN', 'InvocationTimeLimitSeconds'],
    errors: NO_MATCH,
  },
  UpdateContactAttributes: {
    parameters: { Attributes: object, TargetContact: oneOf('Current', 'Related') },
    required: ['Attributes'],
    errors: NO_MATCH,
  },
  UpdateFlowAttributes: { parameters: { FlowAttributes: object }, required: ['FlowAttributes'], errors: NO_MATCH },
  UpdateContactTargetQueue: {
    parameters: { QueueId: text, AgentId: text },
    oneOf: ['QueueId', 'AgentId'],
    errors: NO_MATCH,
    notIn: QUEUE_FLOWS,
  },
  TransferContactToQueue: { errors: ['QueueAtCapacity', 'NoMatchingError'], notIn: QUEUE_FLOWS },
  UpdateFlowLoggingBehavior: {
    parameters: { FlowLoggingBehavior: oneOf('Enabled', 'Disabled') },
    required: ['FlowLoggingBehavior'],
  },
  UpdateContactRecordingBehavior: {
    parameters: { RecordingBehavior: object, AnalyticsBehavior: object },
    required: ['RecordingBehavior'],
  },
  UpdateContactRecordingAndAnalyticsBehavior: {
    parameters: { VoiceBehavior: object, ChatBehavior: object, ScreenRecordingBehavior: object },
  },
  UpdateContactTextToSpeechVoice: {
    parameters: { TextToSpeechVoice: text, TextToSpeechEngine: text, TextToSpeechStyle: text },
    required: ['TextToSpeechVoice'],
  },
  UpdateContactEventHooks: { parameters: { EventHooks: object }, required: ['EventHooks'] },
  UpdateContactData: {
    parameters: {
      Name: text,
      Description: text,
      LanguageCode: text,
      References: object,
      CustomerId: text,
      TargetContact: oneOf('Current', 'Related'),
    },
  },
  UpdateContactRoutingBehavior: { parameters: { QueuePriority: text, QueueTimeAdjustmentSeconds: text } },
  TagContact: { parameters: { Tags: object }, required: ['Tags'], errors: NO_MATCH },
};

/** Types of the language that pass the check and always take their error branch when they run here. */
export const UNSERVED_TYPES: ReadonlySet<string> = new Set([
  'CompleteOutboundCall',
  'CreateCallbackContact',
  'CreateCase',
  'CreateCustomerProfile',
  'CreateTask',
  'CreateWisdomSession',
  'DequeueContactAndTransferToQueue',
  'EndFlowModuleExecution',
  'GetCase',
  'GetCustomerProfile',
  'GetMetricData',
  'InvokeFlowModule',
  'LoadContactContent',
  'ResumeContact',
  'SendNotification',
  'ShowView',
  'TransferContactToAgent',
  'TransferParticipantToThirdParty',
  'UnTagContact',
  'UpdateCase',
  'UpdateContactCallbackNumber',
  'UpdateContactMediaProcessing',
  'UpdateContactMediaStreamingBehavior',
  'UpdateContactRoutingCriteria',
  'UpdateCustomerProfile',
  'UpdatePreviousContactParticipantState',
]);

/** Operators of conditions. */
export const OPERATORS: ReadonlySet<string> = new Set([
  'Equals',
  'TextStartsWith',
  'TextEndsWith',
  'TextContains',
  'NumberGreaterThan',
  'NumberGreaterOrEqualTo',
  'NumberLessThan',
  'NumberLessOrEqualTo',
]);

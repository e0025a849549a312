import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { AnswerPhoneCallEnv, AnswerTransferEnv, ManagePhoneNumbersEnv, PlaceCallEnv } from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';
import { grantTelephoneSecret } from '../voice/voice-functions.ts';
import type { VoiceSocket } from '../voice/voice-socket.ts';

export interface TelephonyFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly cursorSecret: CursorSecret;
  readonly socket: VoiceSocket;
  /** Where the telephone provider brings a call's audio: `wss://…/live`, or the media container's door. */
  readonly streamUrl: string;
}

/** The functions of the telephone: who answers the provider, who calls, whose number is whose. */
export class TelephonyFunctions extends Construct {
  readonly api: readonly OratioFunction[];
  /** Claims, assigns and gives back numbers, those of Amazon Connect among them. */
  readonly numbers: OratioFunction;

  constructor(scope: Construct, id: string, props: TelephonyFunctionsProps) {
    super(scope, id);
    this.numbers = managePhoneNumbers(this, props);
    this.api = [answerPhoneCall(this, props), answerTransfer(this, props), placeCall(this, props), this.numbers];
  }

  /** Tells the functions where the provider reaches the API, which is made from these very functions. */
  servedAt(apiUrl: string): void {
    for (const fn of this.api) fn.provide('PUBLIC_API_URL', apiUrl);
  }
}

function answerPhoneCall(
  scope: Construct,
  { config, stores, socket, streamUrl }: TelephonyFunctionsProps,
): OratioFunction {
  const fn = new OratioFunction(scope, 'AnswerPhoneCall', {
    config,
    name: 'answer-phone-call',
    schema: AnswerPhoneCallEnv,
    environment: {
      PUBLIC_WEBSOCKET_URL: streamUrl,
      VOICE_LINES: String(config.voiceLines),
      VOICE_TENANT_DAILY_BUDGET_USD: String(config.voiceTenantDailyBudgetUsd),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.phoneNumbers.grant(fn, 'GetItem');
  stores.calls.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem', 'ConditionCheckItem');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  socket.grantTelling(fn);
  grantTelephoneSecret(fn, config);
  return fn;
}

/** Says how calls go on: after their stream, after a person's phone has rung, and when somebody has hung up. */
function answerTransfer(
  scope: Construct,
  { config, stores, streamUrl, socket }: TelephonyFunctionsProps,
): OratioFunction {
  const fn = new OratioFunction(scope, 'AnswerTransfer', {
    config,
    name: 'answer-transfer',
    schema: AnswerTransferEnv,
    environment: {
      PUBLIC_WEBSOCKET_URL: streamUrl,
      VOICE_LINES: String(config.voiceLines),
      DIAL_PREFIXES: config.transferPrefixes.join(','),
    },
    timeout: HTTP_TIMEOUT,
  });
  stores.phoneNumbers.grant(fn, 'GetItem');
  stores.calls.grant(fn, 'GetItem', 'UpdateItem', 'BatchWriteItem');
  stores.calls.grantQueryOf(fn, 'callSid-index');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem', 'UpdateItem');
  // Steps are put on record; the words of a call that is over are made searchable.
  stores.conversations.grant(fn, 'PutItem', 'Query');
  socket.grantTelling(fn);
  grantTelephoneSecret(fn, config);
  return fn;
}

function placeCall(scope: Construct, { config, stores, socket }: TelephonyFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'PlaceCall', {
    config,
    name: 'place-call',
    schema: PlaceCallEnv,
    environment: { TWILIO_API_URL: TWILIO_API, CONVERSATION_TTL_DAYS: String(config.conversationTtlDays) },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.calls.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.phoneNumbers.grant(fn, 'GetItem');
  stores.phoneNumbers.grantQueryOf(fn, 'userId-index');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  // Who watches is told that the phone rings.
  stores.voiceSessions.grant(fn, 'GetItem');
  socket.grantTelling(fn);
  grantTelephoneSecret(fn, config);
  return fn;
}

function managePhoneNumbers(
  scope: Construct,
  { config, stores, cursorSecret }: TelephonyFunctionsProps,
): OratioFunction {
  const fn = new OratioFunction(scope, 'ManagePhoneNumbers', {
    config,
    name: 'manage-phone-numbers',
    schema: ManagePhoneNumbersEnv,
    environment: { TWILIO_API_URL: TWILIO_API, STAGE: config.stage },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  // Who answers a number of Amazon Connect its flow asks of the channels.
  stores.channels.grant(fn, 'GetItem', 'PutItem', 'DeleteItem');
  stores.phoneNumbers.grant(fn, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.phoneNumbers.grantQueryOf(fn, 'userId-index');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  cursorSecret.grantRead(fn);
  grantTelephoneSecret(fn, config);
  return fn;
}

/** Twilio's REST API (twilio.com/docs/usage/api). */
export const TWILIO_API = 'https://api.twilio.com';

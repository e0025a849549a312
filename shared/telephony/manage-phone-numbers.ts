import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type Clock, nowSeconds } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { UserId } from '../kernel/ids.ts';
import { type ProblemError, problem } from '../kernel/problems.ts';
import { E164, type PhoneNumber, type PhoneNumberStore } from './phone-number.ts';
import { fromProvider, noTelephony } from './provider.ts';
import { demandVoice } from './speaking-agent.ts';
import type { TwilioApi } from './twilio-api.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

export const ManagePhoneNumbersEnv = z.object({
  AGENTS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  CURSOR_SECRET_ARN: text,
  PUBLIC_API_URL: text,
  TWILIO_SECRET_NAME: z.string(),
  TWILIO_API_URL: z.url(),
});

export interface ManagePhoneNumbersDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly numbers: PhoneNumberStore;
  readonly twilio: Pick<TwilioApi, 'findNumber' | 'pointNumber'> | undefined;
  readonly addresses: Pick<WebhookAddresses, 'apiUrl'>;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
}

/**
 * Lets an agent answer a number of the stage's Twilio account. The row comes first, then Twilio is told; a request that
 * dies between the two is finished by its repetition.
 */
export const assignPhoneNumber =
  ({ agents, numbers, twilio, addresses, clock }: ManagePhoneNumbersDeps) =>
  async ({ userId, params, body }: RequestOf<'assignPhoneNumber'>): Promise<ApiAnswer> => {
    const phoneNumber = requestedNumber(params.phoneNumber);
    const agent = await requestedAgent({ agents }, { userId, params: { agentId: body.agentId } });
    demandVoice(agent);
    const provider = twilio ?? noTelephony();
    const owned = await fromProvider(provider.findNumber(phoneNumber));
    if (owned === undefined) {
      throw problem('phone-number-not-found', `The stage's telephone account has no number ${phoneNumber}.`);
    }
    const row: PhoneNumber = {
      phoneNumber,
      userId,
      agentId: agent.agentId,
      numberSid: owned.sid,
      status: 'pointing',
      assignedAt: nowSeconds(clock),
    };
    if (!(await numbers.assign(row))) throw problem('phone-number-taken', 'Somebody else uses this number.');
    const webhooks = { voiceUrl: webhookUrl(addresses, 'voice'), statusUrl: webhookUrl(addresses, 'status') };
    await fromProvider(provider.pointNumber(owned.sid, webhooks));
    if (!(await numbers.confirm(row))) throw problem('phone-number-taken', 'The number was assigned anew meanwhile.');
    return { status: 200, body: viewOf({ ...row, status: 'assigned' }) };
  };

/** Lets nobody answer a number any more. A second time it is not there. */
export const freePhoneNumber =
  ({ numbers, twilio }: ManagePhoneNumbersDeps) =>
  async ({ userId, params }: RequestOf<'freePhoneNumber'>): Promise<ApiAnswer> => {
    const phoneNumber = requestedNumber(params.phoneNumber);
    const number = await numbers.find(phoneNumber);
    if (number?.userId !== userId) throw notAssigned(phoneNumber);
    const provider = twilio ?? noTelephony();
    await fromProvider(provider.pointNumber(number.numberSid, { voiceUrl: '', statusUrl: '' }));
    if (!(await numbers.free(number))) throw notAssigned(phoneNumber);
    return { status: 204 };
  };

/** A page of the tenant's numbers. */
export const listPhoneNumbers =
  ({ numbers, cursorKey }: ManagePhoneNumbersDeps) =>
  async ({ userId, query }: RequestOf<'listPhoneNumbers'>): Promise<ApiAnswer> => {
    const { limit, cursor } = query;
    const after = cursor === undefined ? undefined : openCursor(await cursorKey.read(), scopeOf(userId), cursor);
    const page = await numbers.list({ userId, limit, ...(after === undefined ? {} : { after }) });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scopeOf(userId), page.last);
    return { status: 200, body: { phoneNumbers: page.numbers.map(viewOf), nextCursor } };
  };

const scopeOf = (userId: UserId): CursorScope => ({ userId, operation: 'listPhoneNumbers', filter: '' });

const viewOf = ({ phoneNumber, agentId, status, assignedAt }: PhoneNumber) => ({
  phoneNumber,
  agentId,
  status,
  assignedAt,
});

/** API Gateway decodes the path, so that `%2B1555…` arrives as `+1555…`. */
const requestedNumber = (param: string | undefined): string => {
  const parsed = E164.safeParse(param);
  if (parsed.success) return parsed.data;
  throw problem(
    'phone-number-not-found',
    'A number is written as E.164, its plus as %2B: /phone-numbers/%2B15551234567.',
  );
};

const notAssigned = (phoneNumber: string): ProblemError =>
  problem('phone-number-not-found', `None of your agents answers ${phoneNumber}.`);

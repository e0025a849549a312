import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { IdempotencyStore } from '../http/idempotency.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { problem } from '../kernel/problems.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import type { NumberDesk } from './number-desk.ts';
import { E164, type NumberProvider } from './phone-number.ts';
import type { PhoneNumberStore } from './phone-number-store.ts';

export const ManagePhoneNumbersEnv = z.object({
  AGENTS_TABLE: text,
  CHANNELS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  CURSOR_SECRET_ARN: text,
  PUBLIC_API_URL: text,
  TWILIO_SECRET_NAME: z.string(),
  TWILIO_API_URL: z.url(),
  /** Empty: the stage has no Amazon Connect. */
  CONNECT_INSTANCE_ARN: z.string(),
  STAGE: text,
});

export interface ManagePhoneNumbersDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly numbers: PhoneNumberStore;
  readonly desks: Readonly<Record<NumberProvider, NumberDesk>>;
  readonly idempotency: IdempotencyStore;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'inOrder'>;
}

/** API Gateway decodes the path, so that `%2B1555…` arrives as `+1555…`. Throws `phone-number-not-found`. */
export const requestedNumber = (param: string | undefined): string => {
  const parsed = E164.safeParse(param);
  if (parsed.success) return parsed.data;
  throw problem(
    'phone-number-not-found',
    'A number is written as E.164, its plus as %2B: /phone-numbers/%2B15551234567.',
  );
};

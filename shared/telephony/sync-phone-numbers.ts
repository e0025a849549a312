import type * as z from 'zod';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { ProblemError } from '../kernel/problems.ts';
import { completed } from './claim-phone-number.ts';
import type { ManagePhoneNumbersDeps } from './manage-phone-numbers.ts';
import type { FoundNumber, NumberDesk } from './number-desk.ts';
import { NOBODY, type PhoneNumber } from './phone-number.ts';
import type { PhoneNumberSyncView } from './phone-number-requests.ts';
import { handBack } from './release-phone-number.ts';
import { settleNumber } from './settle-number.ts';

type Deps = Pick<ManagePhoneNumbersDeps, 'numbers' | 'desks' | 'clock'>;
type Outcome = z.output<typeof PhoneNumberSyncView>['twilio'];
type Effect = 'none' | 'added' | 'vanished' | 'repaired';

const ROWS_AT_ONCE = 100;
/** Connect answers few requests a second; what is left over the next sync looks at. */
const MOST_DESCRIBED = 25;
/** Longer than a claim takes (30 s at most): whoever began it is dead. */
const CLAIM_SECONDS = 120;

/**
 * Compares the tenant's numbers, and those that nobody has, with what the providers have: adds, marks what has
 * vanished, and finishes what was broken off. One provider's trouble is not the other's; may be repeated at will.
 */
export const syncPhoneNumbers =
  (deps: Deps) =>
  async ({ userId }: Pick<RequestOf<'syncPhoneNumbers'>, 'userId'>): Promise<ApiAnswer> => {
    const [twilio, connect] = await Promise.all([
      syncWith(deps, deps.desks.twilio, userId),
      syncWith(deps, deps.desks.connect, userId),
    ]);
    return { status: 200, body: { twilio, connect, syncedAt: nowSeconds(deps.clock) } };
  };

const NOTHING = { detail: null, numbers: 0, added: 0, vanished: 0, repaired: 0 };

const syncWith = async (deps: Deps, desk: NumberDesk, userId: string): Promise<Outcome> => {
  try {
    return await compare(deps, desk, userId);
  } catch (error) {
    const code = error instanceof ProblemError ? error.code : undefined;
    const isAbsent = code === 'telephony-not-configured' || code === 'connect-not-configured';
    if (isAbsent) return { status: 'not-configured', ...NOTHING };
    return { status: 'failed', ...NOTHING, detail: wordsOf(error) };
  }
};

const wordsOf = (error: unknown): string =>
  error instanceof ProblemError ? error.message : 'The provider did not answer. Sync again in a moment.';

const compare = async (deps: Deps, desk: NumberDesk, userId: string): Promise<Outcome> => {
  // Rows are read before the provider is asked: a number that is claimed meanwhile has not vanished.
  const before = (await Promise.all([userId, NOBODY].map((holder) => rowsOf(deps, holder)))).flat();
  const { numbers: listed, isWhole } = await desk.list();
  const rows = new Map(
    (await deps.numbers.findAll(listed.map(({ phoneNumber }) => phoneNumber))).map((row) => [row.phoneNumber, row]),
  );
  const there = new Set(listed.map(({ phoneNumber }) => phoneNumber));
  const gone = isWhole ? before.filter((row) => row.provider === desk.provider && !there.has(row.phoneNumber)) : [];
  const known = listed.flatMap((found) => (rows.has(found.phoneNumber) ? [found] : []));
  const unknown = listed.filter(({ phoneNumber }) => !rows.has(phoneNumber)).slice(0, MOST_DESCRIBED);
  const ours = known.filter(({ phoneNumber }) => isOurs(rows.get(phoneNumber), desk, userId));
  const steps = [
    ...unknown.map((found) => () => addUnknown(deps, desk, userId, found)),
    ...ours.map((found) => () => repair(deps, desk, rows.get(found.phoneNumber), found)),
    ...gone.map((row) => () => vanish(deps, row)),
  ];
  const { effects, trouble } = await carriedOut(steps);
  const count = (wanted: Effect): number => effects.filter((effect) => effect === wanted).length;
  const [added, vanished, repaired] = [count('added'), count('vanished'), count('repaired')];
  return { status: 'synced', detail: trouble ?? null, numbers: ours.length + added, added, vanished, repaired };
};

const isOurs = (row: PhoneNumber | undefined, { provider }: NumberDesk, userId: string): boolean =>
  row?.provider === provider && (row.userId === userId || row.userId === NOBODY);

/** One number's trouble is not the others'. */
const carriedOut = async (steps: readonly (() => Promise<Effect>)[]) => {
  const effects: Effect[] = [];
  let trouble: string | undefined;
  for (const step of steps) {
    try {
      effects.push(await step());
    } catch (error) {
      trouble ??= wordsOf(error);
    }
  }
  return { effects, trouble };
};

const rowsOf = async ({ numbers }: Deps, userId: string): Promise<readonly PhoneNumber[]> => {
  const rows: PhoneNumber[] = [];
  let after: string | undefined;
  do {
    const page = await numbers.list({ userId, limit: ROWS_AT_ONCE, ...(after === undefined ? {} : { after }) });
    rows.push(...page.numbers);
    after = page.last;
  } while (after !== undefined);
  return rows;
};

/** A number that has no row: the stage's, or one that a channel or a lost claim brought this tenant. */
const addUnknown = async (
  { numbers, clock }: Deps,
  desk: NumberDesk,
  userId: string,
  listed: FoundNumber,
): Promise<Effect> => {
  const found = await desk.describe(listed);
  const owner = found?.owner;
  if (found === undefined || (owner !== undefined && owner.userId !== userId)) return 'none';
  const { phoneNumber, providerId, capabilities, country, type } = found;
  const isAdded = await numbers.add({
    phoneNumber,
    userId: owner?.userId ?? NOBODY,
    provider: desk.provider,
    providerId,
    origin: originOf(owner),
    capabilities,
    ...(country === undefined ? {} : { country }),
    ...(type === undefined ? {} : { type }),
    ...(owner?.agentId === undefined ? {} : { inboundAgentId: owner.agentId }),
    ...(owner === undefined ? {} : { claimedAt: nowSeconds(clock) }),
    outboundAgentIds: [],
    revision: 0,
  });
  return isAdded ? 'added' : 'none';
};

const originOf = (owner: FoundNumber['owner']): PhoneNumber['origin'] => {
  if (owner === undefined) return 'stage';
  return owner.agentId === undefined ? 'claimed' : 'channel';
};

const repair = async (
  deps: Deps,
  desk: NumberDesk,
  row: PhoneNumber | undefined,
  listed: FoundNumber,
): Promise<Effect> => {
  if (row === undefined || row.origin === 'channel') return 'none';
  if (row.pending === 'claiming') return completeClaim(deps, desk, row, listed);
  if (row.pending === 'releasing') {
    await handBack(deps, row);
    return 'repaired';
  }
  const isBack = row.vanishedAt !== undefined || row.providerId !== listed.providerId;
  if (isBack) await deps.numbers.markFound(row, listed.providerId);
  const isAnswered = row.inboundAgentId !== undefined;
  const isToldSo = listed.isPointed === undefined || listed.isPointed === isAnswered;
  const current = { ...row, providerId: listed.providerId };
  if (row.pending === 'pointing' || !isToldSo) await settleNumber(deps, current);
  // A number of the stage that no agent has any more is anybody's.
  const isLeft = row.userId !== NOBODY && (await deps.numbers.leave(row));
  return isBack || isLeft || row.pending === 'pointing' || !isToldSo ? 'repaired' : 'none';
};

/** A claim whose answer was lost: the number is there under its name. Under another one it never was this claim's. */
const completeClaim = async (deps: Deps, desk: NumberDesk, row: PhoneNumber, listed: FoundNumber): Promise<Effect> => {
  const found = await desk.describe(listed);
  if (found !== undefined && found.claimId === row.claimId) {
    await completed(deps, row, found);
    return 'repaired';
  }
  // The provider could not claim it after all, and keeps what is left of it.
  if (found === undefined) await desk.release({ ...row, providerId: listed.providerId });
  await deps.numbers.forgetClaim(row);
  return 'none';
};

/** The provider does not have it any more. */
const vanish = async ({ numbers, clock }: Deps, row: PhoneNumber): Promise<Effect> => {
  const now = nowSeconds(clock);
  if (row.pending === 'claiming') {
    if ((row.claimedAt ?? 0) + CLAIM_SECONDS < now) await numbers.forgetClaim(row);
    return 'none';
  }
  if (row.userId === NOBODY || row.pending === 'releasing' || row.origin === 'channel') {
    return (await numbers.remove(row)) ? 'vanished' : 'none';
  }
  return row.vanishedAt === undefined && (await numbers.markVanished(row, now)) ? 'vanished' : 'none';
};

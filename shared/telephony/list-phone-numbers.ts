import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { ManagePhoneNumbersDeps } from './manage-phone-numbers.ts';
import { NOBODY, type PhoneNumber, statusOfNumber } from './phone-number.ts';
import { phoneNumberView } from './phone-number-view.ts';

type Request = Pick<RequestOf<'listPhoneNumbers'>, 'userId' | 'query'>;

/** Where a listing is: among the tenant's numbers, or among those that nobody has, which come after them. */
interface Position {
  readonly holder: 'own' | 'nobody';
  readonly after: string | undefined;
}

/** A page of the tenant's numbers, then of those that nobody has. */
export const listPhoneNumbers =
  ({ numbers, cursorKey }: Pick<ManagePhoneNumbersDeps, 'numbers' | 'cursorKey'>) =>
  async ({ userId, query }: Request): Promise<ApiAnswer> => {
    const { limit, cursor, ...filter } = query;
    const scope: CursorScope = { userId, operation: 'listPhoneNumbers', filter: JSON.stringify(filter) };
    let position = positionOf(cursor === undefined ? '' : openCursor(await cursorKey.read(), scope, cursor));
    const shown: PhoneNumber[] = [];
    for (;;) {
      const { holder, after } = position;
      const page = await numbers.list({
        userId: holder === 'own' ? userId : NOBODY,
        limit: limit - shown.length,
        ...(after === undefined ? {} : { after }),
      });
      shown.push(...page.numbers.filter(holds(filter)));
      const next = nextOf(position, page.last);
      const isFull = shown.length >= limit || (next !== undefined && page.last !== undefined);
      if (next === undefined || isFull) {
        const nextCursor = next && sealCursor(await cursorKey.read(), scope, `${next.holder} ${next.after ?? ''}`);
        const phoneNumbers = shown.map((number) => phoneNumberView(number, userId));
        return { status: 200, body: { phoneNumbers, nextCursor: nextCursor ?? null } };
      }
      position = next;
    }
  };

const positionOf = (text: string): Position => {
  const [holder, after] = text.split(' ');
  return { holder: holder === 'nobody' ? 'nobody' : 'own', after: after === '' ? undefined : after };
};

const nextOf = ({ holder }: Position, last: string | undefined): Position | undefined => {
  if (last !== undefined) return { holder, after: last };
  return holder === 'own' ? { holder: 'nobody', after: undefined } : undefined;
};

const holds =
  ({ status, provider, agentId }: Omit<Request['query'], 'limit' | 'cursor'>) =>
  (number: PhoneNumber): boolean =>
    (status === undefined || statusOfNumber(number) === status) &&
    (provider === undefined || number.provider === provider) &&
    (agentId === undefined ||
      number.inboundAgentId === agentId.toLowerCase() ||
      number.outboundAgentIds.includes(agentId.toLowerCase()));

import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailure } from '../../kernel/document-dynamodb.ts';
import { type Admission, admit, type LineRequest, type Lines, NO_LINES } from '../admission/lines.ts';
import { LINES_KEY } from './session-keys.ts';

/** Item `lines` of the sessions table. */
export interface LinesItem {
  readonly lines: Lines;
  /** Grows with each admission and release; the guard of the next admission. 0: there is no item yet. */
  readonly revision: number;
}

/**
 * Others admit and release at the same time: of all who try at once, one gets through. Waiting a random and growing
 * while lets fifty through within a few seconds.
 */
const ATTEMPTS = 30;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

export interface LinesContext {
  readonly client: DynamoDBDocumentClient;
  readonly TableName: string;
  readonly cap: number;
  /** Waits a random part of this time. */
  readonly pause: (atMostMs: number) => Promise<unknown>;
}

const readLines = async (client: DynamoDBDocumentClient, TableName: string): Promise<LinesItem> => {
  const { Item } = await client.send(new GetCommand({ TableName, Key: LINES_KEY, ConsistentRead: true }));
  if (Item === undefined) return { lines: NO_LINES, revision: 0 };
  return { lines: { lines: Item.lines, waiting: Item.waiting }, revision: Item.revision };
};

/** The write of an admission, refused when anybody was admitted or released since `before` was read. */
export const linesUpdate = (TableName: string, before: LinesItem, { lines, waiting }: Lines) => ({
  TableName,
  Key: LINES_KEY,
  UpdateExpression: 'SET #lines = :lines, #waiting = :waiting, #revision = :next',
  ConditionExpression: before.revision === 0 ? 'attribute_not_exists(#revision)' : '#revision = :revision',
  ExpressionAttributeNames: { '#lines': 'lines', '#waiting': 'waiting', '#revision': 'revision' },
  ExpressionAttributeValues: {
    ':lines': lines,
    ':waiting': waiting,
    ':next': before.revision + 1,
    ...(before.revision === 0 ? {} : { ':revision': before.revision }),
  },
});

/**
 * Reads the lines, decides, and writes what was decided; again with fresh eyes when somebody else was faster.
 * `write` answers whether its write went through. Refused as well when it never did: whoever comes at such a moment
 * may ask again.
 */
export const admitted = async (
  { client, TableName, cap, pause }: LinesContext,
  request: LineRequest,
  nowMs: number,
  write: (before: LinesItem, admission: Admission) => Promise<boolean>,
): Promise<Admission> => {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readLines(client, TableName);
    const admission = admit(before.lines, request, cap, nowMs);
    if (admission.outcome === 'refused' || (await write(before, admission))) return admission;
    if (attempt === ATTEMPTS) return { outcome: 'refused', lines: before.lines };
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
  }
};

/** Writes an admission that comes with nothing else. */
export const writeLines = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  before: LinesItem,
  { lines }: Admission,
): Promise<boolean> =>
  client.send(new UpdateCommand(linesUpdate(TableName, before, lines))).then(
    () => true,
    (error: unknown) => (isConditionFailure(error) ? false : Promise.reject(error)),
  );

/** Extends lines without a look at the others: who speaks already goes on, even if the line had run out meanwhile. */
export const extendLines = (
  TableName: string,
  ids: readonly string[],
  line: { readonly userId: string; readonly untilMs: number },
) => ({
  TableName,
  Key: LINES_KEY,
  UpdateExpression: `SET ${ids.map((_, index) => `#lines.#id${index} = :line`).join(', ')}`,
  ConditionExpression: 'attribute_exists(#lines)',
  ExpressionAttributeNames: {
    '#lines': 'lines',
    ...Object.fromEntries(ids.map((id, index) => [`#id${index}`, id])),
  },
  ExpressionAttributeValues: { ':line': line },
});

/** Frees lines; harmless when they are free. */
export const releaseLines = (TableName: string, ids: readonly string[]) => ({
  TableName,
  Key: LINES_KEY,
  UpdateExpression: `REMOVE ${ids.map((_, index) => `#lines.#id${index}`).join(', ')} SET #revision = #revision + :one`,
  ConditionExpression: 'attribute_exists(#lines)',
  ExpressionAttributeNames: {
    '#lines': 'lines',
    '#revision': 'revision',
    ...Object.fromEntries(ids.map((id, index) => [`#id${index}`, id])),
  },
  ExpressionAttributeValues: { ':one': 1 },
});

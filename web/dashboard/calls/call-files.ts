import type { CallRecord, CallRow } from './call-types.ts';
import { type CsvColumn, csvOf } from './csv.ts';
import { type StoryLine, storyOf } from './story.ts';

/** A file for the reader's disk. */
export interface ExportFile {
  readonly name: string;
  readonly type: 'text/csv' | 'application/json';
  readonly content: string;
}

export type ExportFormat = 'csv' | 'json';

const moment = (unixMs: number | null): string | null => (unixMs === null ? null : new Date(unixMs).toISOString());

const CALL_COLUMNS: readonly CsvColumn<CallRow>[] = [
  ['callId', (call) => call.callId],
  ['agentId', (call) => call.agentId],
  ['status', (call) => call.status],
  ['channel', (call) => call.channel],
  ['direction', (call) => call.direction],
  ['fromNumber', (call) => call.fromNumber],
  ['toNumber', (call) => call.toNumber],
  ['createdAt', (call) => moment(call.createdAtMs)],
  ['answeredAt', (call) => moment(call.answeredAtMs)],
  ['endedAt', (call) => moment(call.endedAtMs)],
  ['durationSeconds', (call) => (call.durationMs === null ? null : call.durationMs / 1000)],
  ['endReason', (call) => call.endReason],
  ['failure', (call) => call.failure],
  ['engine', (call) => call.engine],
  ['turns', (call) => call.turns],
  ['interruptions', (call) => call.interruptions],
  ['renewals', (call) => call.renewals],
  ['handOvers', (call) => call.handOvers],
  ['costUsd', (call) => call.cost.total.usd],
  ['hasRecording', (call) => call.hasRecording],
];

const LINE_COLUMNS: readonly CsvColumn<StoryLine>[] = [
  ['fromSeconds', (line) => line.fromMs / 1000],
  ['toSeconds', (line) => line.toMs / 1000],
  ['lane', (line) => line.lane],
  ['kind', (line) => line.kind],
  ['title', (line) => line.title],
  ['text', (line) => line.text],
];

/** The calls of a list; `day` is in the file's name. */
export const callListFile = (calls: readonly CallRow[], format: ExportFormat, day: string): ExportFile =>
  format === 'csv'
    ? { name: `calls-${day}.csv`, type: 'text/csv', content: csvOf(CALL_COLUMNS, calls) }
    : { name: `calls-${day}.json`, type: 'application/json', content: json(calls) };

/** One call: as CSV its lines, as JSON all of its record but the addresses of recordings, which are good for minutes. */
export function callFile(call: CallRecord, format: ExportFormat): ExportFile {
  if (format === 'csv') {
    return { name: `call-${call.callId}.csv`, type: 'text/csv', content: csvOf(LINE_COLUMNS, storyOf(call)) };
  }
  const { recordingUrls: _, ...record } = call;
  return { name: `call-${call.callId}.json`, type: 'application/json', content: json(record) };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callFile, callListFile } from '../../../web/dashboard/calls/call-files.ts';
import { csvOf } from '../../../web/dashboard/calls/csv.ts';
import { callOf, turnOf } from './support.ts';

describe('a CSV file', () => {
  test('is read back as it was written, whatever stands in it', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', '=', '-', '1', 'ü') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const columns = [
          ['one', (row: [string, string]) => row[0]],
          ['two', (row: [string, string]) => row[1]],
        ] as const;
        const read: string[][] = parse(csvOf(columns, rows), { from_line: 2, relax_column_count: true });
        const whole = rows.map((row) => [...row]);
        expect(read.map((row) => row.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, '')))).toEqual(whole);
      }),
    );
  });

  test('holds no formulas, and numbers remain numbers', () => {
    const values = ['=1+1', '+15551234567', '-12.5', '@SUM(A1)', '-1+cmd', 'fine', null];
    expect(csvOf([['value', (value: string | null) => value]], values)).toBe(
      "value\r\n'=1+1\r\n+15551234567\r\n-12.5\r\n'@SUM(A1)\r\n'-1+cmd\r\nfine\r\n\r\n",
    );
  });
});

describe('calls as files', () => {
  const call = callOf({
    fromNumber: '+15551234567',
    recordingUrls: ['https://recordings.example/secret.wav'],
    transcript: [turnOf({ text: 'Hello, "you"', startMs: 800 })],
  });

  test('a list has a line a call', () => {
    const file = callListFile([call], 'csv', '2026-11-21');
    expect({ ...file, content: parse(file.content, { columns: true }) }).toEqual({
      name: 'calls-2026-11-21.csv',
      type: 'text/csv',
      content: [
        {
          callId: call.callId,
          agentId: call.agentId,
          status: 'completed',
          channel: 'browser',
          direction: 'inbound',
          fromNumber: '+15551234567',
          toNumber: '',
          createdAt: '2026-11-21T09:00:00.000Z',
          answeredAt: '2026-11-21T09:00:01.000Z',
          endedAt: '2026-11-21T09:00:21.000Z',
          durationSeconds: '20',
          endReason: 'client-ended',
          failure: '',
          engine: 'nova-sonic',
          turns: '0',
          interruptions: '0',
          renewals: '0',
          handOvers: '0',
          costUsd: '0',
          hasRecording: 'false',
        },
      ],
    });
  });

  test('one call has a line for all that happened; its JSON has no address that opens the recording', () => {
    expect(callFile(call, 'csv').content).toBe(
      'fromSeconds,toSeconds,lane,kind,title,text\r\n0,0.8,caller,speech,Caller,"Hello, ""you"""\r\n',
    );
    const { name, content } = callFile(call, 'json');
    expect(name).toBe(`call-${call.callId}.json`);
    const { recordingUrls: _, ...rest } = call;
    expect(JSON.parse(content)).toEqual(rest);
  });
});

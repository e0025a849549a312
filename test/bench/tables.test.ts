import { expect, test } from 'vitest';
import { BENCHES, creationReport } from '../../bench/benches.ts';
import { type BundleRow, bundlesTable } from '../../bench/bundles.ts';
import { overheadTable } from '../../bench/create.ts';
import type { CreateRun } from '../../bench/create-run.ts';
import { withSection } from '../../bench/report.ts';
import { type ScaleRow, scaleTable } from '../../bench/scale.ts';
import { type StartRow, startsTable } from '../../bench/startup.ts';
import { median, percentile, table } from '../../bench/table.ts';
import { type ThroughputRow, throughputTable } from '../../bench/throughput.ts';

/** The last cell of each row below the head. */
const verdicts = (text: string): string[] =>
  text
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').at(-1)?.replace(' |', '') ?? '');

const creation = (totalMs: number): CreateRun => ({
  scenario: {
    name: 'slow services (default)',
    pollSeconds: 2,
    latencies: { knowledgeBaseMs: 10_000, ingestionMs: 50_000, runtimeMs: 30_000, endpointMs: 10_000 },
  },
  totalMs,
  servicesMs: 100_000,
  transitions: 100,
  invocations: [{ name: 'create-agent', ms: 500, memoryMb: 1024 }],
  calls: { 'dynamodb UpdateItem': 10, 'bedrock-runtime Converse': 2 },
  modelBytes: { sent: 4_000, written: 400 },
});

const bundle: BundleRow = {
  name: 'get-agent',
  isApi: true,
  clients: ['@aws-sdk/client-dynamodb'],
  bytes: 327_000,
  gzipBytes: 105_000,
  baselineBytes: 194_000,
  ratio: 1.5,
  ratioToDynamoDb: 1.5,
};

const scale = (agents: number, units: number, ms: number): ScaleRow => ({
  agents,
  ms: { first: ms, active: ms, get: ms },
  units: { first: units, last: units, active: units, get: units },
});

const throughput = (concurrency: number, activePerSecond: number, failed = 0): ThroughputRow => ({
  concurrency,
  acceptedMs: { p50: 100, p95: 120 },
  acceptedPerSecond: 10,
  activePerSecond,
  failed,
});

test('numbers stand right, words left', () => {
  expect(table(['what', 'ms'], [['list', '1.5×']])).toBe('| what | ms |\n| --- | --: |\n| list | 1.5× |');
  expect([median([3, 1, 2]), percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 1)]).toEqual([2, 2, 4]);
});

test('an overhead above a tenth of what the services take is called missed', () => {
  expect(verdicts(overheadTable([creation(109_900), creation(110_100)]))).toEqual(['met', 'missed']);
});

test('a creation is priced line by line, and what the model costs is told apart', () => {
  const report = creationReport([creation(105_000)]);
  expect(report).toContain('| state transitions | 100 | $25 / million | $0.002500 |');
  expect(report).toContain('about 1,000 tokens and stores about 100');
  expect(report).toContain('| bedrock-runtime Converse | 2 |');
});

test('the bar of size binds the API, that of initialisation every function', () => {
  const large = { ...bundle, bytes: 360_000 };
  const rows = [
    bundle,
    large,
    { ...large, isApi: false },
    { ...bundle, ratio: 3.1 },
    { ...bundle, clients: [], ratio: 5 },
  ];
  expect(verdicts(bundlesTable(rows)).map((verdict) => verdict.split(' ').slice(0, 2).join(' '))).toEqual([
    'met',
    'missed: size',
    'met',
    'missed: initialisation',
    'missed: has',
  ]);
});

test('read units that grow at all, or time that grows by half, are called missed', () => {
  const rows = [scale(10, 0.5, 4), scale(1_000, 1, 4), scale(1_000, 0.5, 7), scale(100_000, 0.5, 5)];
  expect(verdicts(scaleTable(rows))).toEqual(['met', 'missed', 'missed', 'met']);
});

test('a start is judged by its first answer', () => {
  const start: StartRow = { name: 'first', firstAnswerMs: 29_000, endMs: 31_000, barMs: 30_000 };
  expect(verdicts(startsTable([start, { ...start, firstAnswerMs: 30_001 }]))).toEqual(['met', 'missed']);
});

test('a failed run is called missed however fast the others were', () => {
  expect(verdicts(throughputTable([throughput(1, 0.1), throughput(8, 10), throughput(8, 10, 1)]))).toEqual([
    'met',
    'met',
    'missed',
  ]);
});

test('measuring one section anew leaves the others as they were', () => {
  const [first, second] = BENCHES;
  if (first === undefined || second === undefined) throw new Error('two benches are needed');
  const measured = (tables: string) => ({ machine: 'a machine', tables });
  const both = withSection(withSection('', BENCHES, second, measured('OLD')), BENCHES, first, measured('FIRST'));
  const anew = withSection(both, BENCHES, second, measured('NEW'));
  expect([both, anew].map((page) => [...page.matchAll(/^(?:FIRST|OLD|NEW)$/gm)].map(([line]) => line))).toEqual([
    ['FIRST', 'OLD'],
    ['FIRST', 'NEW'],
  ]);
  expect(anew).toBe(both.replace('OLD', 'NEW'));
});

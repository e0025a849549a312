import type { Command } from 'commander';
import type { AnswerOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import { csvOf } from '../terminal/csv.ts';
import type { Style } from '../terminal/style.ts';
import { type Column, factsOf } from '../terminal/table.ts';
import { ofMicroUsd, ofMoment, ofMs, printable } from '../terminal/words.ts';

type Call = AnswerOf<'getCall'>;
type Summary = AnswerOf<'listCalls'>['calls'][number];

interface FilterOptions extends CommonOptions {
  readonly agent?: string;
  readonly status?: Summary['status'];
  readonly from?: string;
  readonly to?: string;
  readonly search?: string;
  readonly limit?: string;
  readonly format?: string;
}

const COLUMNS: readonly Column<Summary>[] = [
  { name: 'id', of: ({ callId }) => callId },
  { name: 'began', of: ({ createdAtMs }) => ofMoment(createdAtMs) },
  { name: 'status', of: ({ status }) => status },
  { name: 'channel', of: ({ channel }) => channel, isSpare: true },
  { name: 'caller', of: ({ fromNumber }) => fromNumber, isSpare: true },
  { name: 'lasted', of: ({ durationMs }) => (durationMs === null ? '' : ofMs(durationMs)), isNumber: true },
  { name: 'turns', of: ({ turns }) => turns, isNumber: true, isSpare: true },
  { name: 'cost', of: ({ cost }) => ofMicroUsd(cost.total.microUsd), isNumber: true, isSpare: true },
  { name: 'ended', of: ({ endReason }) => endReason, isSpare: true },
];

/** What an export holds of each call: raw figures, so that a spreadsheet can count. */
const EXPORTED: readonly Column<Summary>[] = [
  { name: 'callId', of: ({ callId }) => callId },
  { name: 'agentId', of: ({ agentId }) => agentId },
  { name: 'status', of: ({ status }) => status },
  { name: 'channel', of: ({ channel }) => channel },
  { name: 'direction', of: ({ direction }) => direction },
  { name: 'fromNumber', of: ({ fromNumber }) => fromNumber },
  { name: 'toNumber', of: ({ toNumber }) => toNumber },
  { name: 'createdAt', of: ({ createdAtMs }) => new Date(createdAtMs).toISOString() },
  { name: 'durationMs', of: ({ durationMs }) => durationMs },
  { name: 'turns', of: ({ turns }) => turns },
  { name: 'interruptions', of: ({ interruptions }) => interruptions },
  { name: 'endReason', of: ({ endReason }) => endReason },
  { name: 'engine', of: ({ engine }) => engine },
  { name: 'costMicroUsd', of: ({ cost }) => cost.total.microUsd },
];

/** `oratio calls …`: the log of calls. */
export const callCommands: Commands = (program, tools) => {
  const calls = program.command('calls').description('the log of calls');
  const filtered = (command: Command): Command =>
    command
      .option('--agent <agent>', 'only calls with this agent')
      .option('--status <status>', 'only calls in this status')
      .option('--from <moment>', 'only calls that began then or later: 2026-11-21T09:00:00Z')
      .option('--to <moment>', 'only calls that began then or before')
      .option(
        '--search <words>',
        'only calls that are over and in which all of these words are found: numbers, names, what was said',
      )
      .option('--limit <n>', 'at most so many');
  filtered(calls.command('list', { isDefault: true }).description('list your calls, newest first')).action(
    async (_, command: Command) => {
      const options = command.optsWithGlobals<FilterOptions>();
      printerOf(tools.io, options).list(COLUMNS, await found(tools, { limit: '50', ...options }));
    },
  );
  filtered(calls.command('export').description('all calls on stdout, as CSV (RFC 4180) or JSON'))
    .option('--format <format>', 'csv or json', 'csv')
    .addHelpText('after', examples('oratio calls export --from 2026-11-01T00:00:00Z > november.csv'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<FilterOptions>();
      const rows = await found(tools, options);
      const isJson = options.json === true || options.format === 'json';
      tools.io.out(isJson ? `${JSON.stringify(rows, undefined, 2)}\n` : csvOf(EXPORTED, rows));
    });
  calls
    .command('show <call>')
    .description('what was said and done in a call, how fast, and what it cost')
    .action(async (callId: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const { data } = await client.call('getCall', { path: { callId }, signal: tools.io.signal });
      const print = printerOf(tools.io, options);
      print.value(data, callText(data, print.style));
    });
};

async function found(tools: Tools, options: FilterOptions): Promise<readonly Summary[]> {
  const { client } = await tools.account(options);
  const { agent, status, from, to, search } = options;
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : Number(options.limit);
  const query = {
    limit: Math.min(100, limit),
    ...(agent === undefined ? {} : { agentId: await agentIdOf(client, agent) }),
    ...(status === undefined ? {} : { status }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(search === undefined ? {} : { q: search }),
  };
  const rows: Summary[] = [];
  for await (const call of client.items('listCalls', { query, signal: tools.io.signal })) {
    rows.push(call);
    if (rows.length >= limit) break;
  }
  return rows;
}

/** A call as it is read: facts, then who said what and which tools ran. */
export function callText(call: Call, style: Style): string {
  const { cost, latency } = call;
  const legs = Object.entries(cost.legs).filter(([, { microUsd }]) => microUsd > 0);
  const facts = factsOf(
    [
      ['id', call.callId],
      ['agent', call.agentId],
      ['status', call.status],
      ['began', ofMoment(call.createdAtMs)],
      ['lasted', call.durationMs === null ? null : ofMs(call.durationMs)],
      ['ended', call.endReason],
      ['failure', call.failure],
      ['caller', call.fromNumber],
      [
        'latency',
        latency.p50Ms === null ? null : `${ofMs(latency.p50Ms)} (p95 ${ofMs(latency.p95Ms ?? latency.p50Ms)})`,
      ],
      [
        'cost',
        `${ofMicroUsd(cost.total.microUsd)}${legs.length === 0 ? '' : ` (${legs.map(([leg, money]) => `${leg} ${ofMicroUsd(money.microUsd)}`).join(', ')})`}`,
      ],
    ],
    style,
  );
  const happened = [
    ...call.transcript.map((turn) => ({ atMs: turn.startMs, line: turnLine(turn, style) })),
    ...call.tools.map(({ atMs, name, status, durationMs }) => ({
      atMs,
      line: style.dim(`tool    ${name} ${status} in ${ofMs(durationMs)}`),
    })),
    ...call.operatorList.map(({ atMs, action, operator, text }) => ({
      atMs,
      line: style.yellow(`${action.padEnd(7)} ${printable(operator)}${text === null ? '' : `: ${printable(text)}`}`),
    })),
  ].sort((a, b) => a.atMs - b.atMs);
  const lines = happened.map(({ atMs, line }) => `${style.dim((atMs / 1_000).toFixed(1).padStart(7))}  ${line}\n`);
  return lines.length === 0 ? facts : `${facts}\n${lines.join('')}`;
}

const turnLine = ({ role, text, interrupted }: Call['transcript'][number], style: Style): string =>
  `${style.bold(role === 'user' ? 'caller ' : 'agent  ')} ${printable(text)}${interrupted ? style.dim(' — (interrupted)') : ''}`;

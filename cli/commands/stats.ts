import type { Command } from 'commander';
import type { AnswerOf, QueryOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf } from '../command.ts';
import type { Column } from '../terminal/table.ts';
import { ofMicroUsd, ofMs } from '../terminal/words.ts';

type Totals = AnswerOf<'getStatistics'>['totals'];
type Line = Totals & { readonly from: string };

const latency = (ms: number | null): string => (ms === null ? '' : ofMs(ms));

const COLUMNS: readonly Column<Line>[] = [
  { name: 'from', of: ({ from }) => from },
  { name: 'calls', of: ({ calls }) => calls, isNumber: true },
  { name: 'minutes', of: ({ minutes }) => minutes.toFixed(1), isNumber: true },
  { name: 'answers', of: ({ answers }) => answers, isNumber: true, isSpare: true },
  { name: 'p50', of: (line) => latency(line.latency.p50Ms), isNumber: true },
  { name: 'p95', of: (line) => latency(line.latency.p95Ms), isNumber: true },
  { name: 'interrupted', of: ({ interruptions }) => interruptions, isNumber: true, isSpare: true },
  { name: 'hand-offs', of: ({ handOffs }) => handOffs, isNumber: true },
  { name: 'tools', of: ({ toolCalls }) => toolCalls, isNumber: true, isSpare: true },
  { name: 'errors', of: ({ toolErrors }) => toolErrors, isNumber: true, isSpare: true },
  { name: 'cost', of: ({ costMicroUsd }) => ofMicroUsd(costMicroUsd), isNumber: true },
];

interface StatsOptions extends CommonOptions {
  readonly agent?: string;
  readonly from?: string;
  readonly to?: string;
  readonly granularity?: string;
}

/** `oratio stats`: what was counted. */
export const statsCommand: Commands = (program, tools) => {
  program
    .command('stats')
    .description('calls, minutes, latency, hand-offs, tool errors and cost over time')
    .option('--agent <agent>', 'of one agent; of all unless stated')
    .option('--from <moment>', 'a day or moment; a week ago unless stated')
    .option('--to <moment>', 'now unless stated')
    .option('--granularity <period>', 'hour or day')
    .addHelpText('after', examples('oratio stats --agent "Cozy Comfort" --from 2026-11-01 --granularity day'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<StatsOptions>();
      const { client } = await tools.account(options);
      const { agent, from, to, granularity } = options;
      const query = Object.fromEntries(
        Object.entries({ from, to, granularity }).filter(([, value]) => value !== undefined),
      ) as QueryOf<'getStatistics'>;
      const { signal } = tools.io;
      const { data } =
        agent === undefined
          ? await client.call('getStatistics', { query, signal })
          : await client.call('getAgentStatistics', {
              path: { agentId: await agentIdOf(client, agent) },
              query,
              signal,
            });
      const lines: readonly Line[] = [...data.periods, { from: 'total', ...data.totals }];
      const print = printerOf(tools.io, options);
      if (options.json) print.value(data, '');
      else print.list(COLUMNS, lines);
    });
};

import type { Command } from 'commander';
import {
  type AnswerOf,
  type OperatorFeed,
  type OperatorMessage,
  type OratioClient,
  type OratioProblem,
  operatorFeed,
} from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, type Tools } from '../command.ts';
import { stepItem } from '../provisioning-progress.ts';
import { type Style, styleFor } from '../terminal/style.ts';
import { ofClock, ofMicroUsd, ofMs, printable } from '../terminal/words.ts';

type LiveEvent = AnswerOf<'listCallEvents'>['events'][number];

interface LogOptions extends CommonOptions {
  readonly call?: string;
  readonly follow?: true;
  readonly last: string;
}

/** One line of the log. */
interface Entry {
  readonly atMs: number;
  readonly source: string;
  readonly text: string;
  /** As it came. */
  readonly value: unknown;
}

/** `oratio logs`: what happens in calls and in provisioning. */
export const logsCommand: Commands = (program, tools) => {
  program
    .command('logs [agent]')
    .description('what happened in an agent’s newest run and last calls; with --follow what happens from now on')
    .option('--call <call>', 'only this call')
    .option('--last <n>', 'of so many calls', '3')
    .option('-f, --follow', 'go on until Ctrl+C; without an agent, of all of them')
    .addHelpText(
      'after',
      examples('oratio logs "Cozy Comfort"', 'oratio logs --follow', 'oratio logs --call $call --follow --json'),
    )
    .action(async (reference: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<LogOptions>();
      const { client } = await tools.account(options);
      const agentId = reference === undefined ? undefined : await agentIdOf(client, reference);
      if (options.follow) await checkWatchable(tools, client, options.call);
      const write = writerOf(tools, options);
      for (const entry of await past(tools, client, { agentId, options })) write(entry);
      if (options.follow) await follow(tools, client, { agentId, callId: options.call, write });
    });
};

function writerOf({ io }: Tools, { json }: LogOptions): (entry: Entry) => void {
  const style = styleFor(io, io.isOutTty);
  return ({ atMs, source, text, value }) =>
    io.out(json ? `${JSON.stringify(value)}\n` : `${style.dim(`${ofClock(atMs)} ${source.slice(0, 8)}`)}  ${text}\n`);
}

interface Wanted {
  readonly agentId: string | undefined;
  readonly options: LogOptions;
}

async function past(tools: Tools, client: OratioClient, { agentId, options }: Wanted): Promise<readonly Entry[]> {
  const { signal } = tools.io;
  const style = styleFor(tools.io, tools.io.isOutTty);
  // What is followed comes with the feed, from its beginning.
  if (options.call !== undefined) return options.follow ? [] : eventsOf(tools, client, options.call);
  if (agentId === undefined) return [];
  const { data: agent } = await client.call('getAgent', { path: { agentId }, signal });
  const steps = agent.provisioning.steps.map((step) => stepEntry(agentId, step, style));
  const { data } = await client.call('listCalls', { query: { agentId, limit: Number(options.last) }, signal });
  const events = await Promise.all(data.calls.map(({ callId }) => eventsOf(tools, client, callId)));
  return [...steps, ...events.flat()].sort((a, b) => a.atMs - b.atMs);
}

async function eventsOf({ io }: Tools, client: OratioClient, callId: string): Promise<readonly Entry[]> {
  const style = styleFor(io, io.isOutTty);
  const { data } = await client.call('listCallEvents', { path: { callId }, signal: io.signal });
  return data.events.flatMap((event) => eventEntry(callId, event, style) ?? []);
}

type Step = Parameters<typeof stepItem>[0];

function stepEntry(agentId: string, step: Step, style: Style): Entry {
  const atMs = step.endedAtMs ?? step.startedAtMs;
  const { label, note = '', status } = stepItem(step, atMs);
  const mark = status === 'done' ? style.green('✓') : status === 'failed' ? style.red('✗') : style.cyan('▸');
  return {
    atMs,
    source: agentId,
    text: `${mark} ${printable(label)} ${style.dim(printable(note))}`,
    value: { agentId, step },
  };
}

const eventEntry = (callId: string, event: LiveEvent, style: Style): Entry | undefined => {
  const text = eventLine(event, style);
  return text === undefined ? undefined : { atMs: event.atMs, source: callId, text, value: { callId, event } };
};

/** A line about an event of a call; none for what another line says again: guesses at words, the running meter. */
export function eventLine(event: LiveEvent, style: Style): string | undefined {
  switch (event.kind) {
    case 'transcript': {
      if (event.stage === 'speculative') return undefined;
      const who = event.role === 'user' ? 'caller ' : 'agent  ';
      const late = event.answerLatencyMs === undefined ? '' : style.dim(` (${ofMs(event.answerLatencyMs)})`);
      return `${style.bold(who)} ${printable(event.text)}${event.interrupted ? style.dim(' — (interrupted)') : ''}${late}`;
    }
    case 'tool':
      return event.status === 'started'
        ? undefined
        : style.dim(
            `tool    ${event.name} ${event.status}${event.durationMs === undefined ? '' : ` in ${ofMs(event.durationMs)}`}`,
          );
    case 'interrupted':
      return style.dim(`cut off after ${ofMs(event.playedMs)}`);
    case 'meter':
      return undefined;
    case 'handoff':
      return style.yellow(`handoff ${printable(event.reason)}: ${printable(event.summary)}`);
    case 'transfer':
      return style.yellow(`person  ${event.to} ${event.outcome ?? event.status}`);
    case 'warning':
      return style.yellow(`warning ${printable(event.message)}`);
    case 'operator':
      return style.yellow(
        `${event.action} by ${printable(event.operator.name)}${event.text === undefined ? '' : `: ${printable(event.text)}`}`,
      );
    case 'context':
      return style.yellow(`context ${printable(event.message)}`);
    case 'ended':
      return `ended   ${event.status}, ${event.reason}`;
  }
}

interface Following {
  readonly agentId: string | undefined;
  readonly callId: string | undefined;
  readonly write: (entry: Entry) => void;
}

/** A silent terminal would look as if nothing happened. */
function tellConnection({ err }: Tools['io'], feed: OperatorFeed, style: Style): void {
  let wasLost = false;
  let wasLive = false;
  feed.onState(() => {
    const state = feed.state();
    if (state === 'connecting' && wasLive && !wasLost) {
      wasLost = true;
      err(style.dim('The connection is lost; what is missed follows when it is back …\n'));
    }
    if (state === 'live') {
      if (wasLost) err(style.dim('Connected again.\n'));
      wasLost = false;
      wasLive = true;
    }
  });
}

/** What would be waited for without end is found out at once. Throws `OratioProblem`. */
async function checkWatchable({ io }: Tools, client: OratioClient, callId: string | undefined): Promise<void> {
  const { signal } = io;
  if (callId !== undefined) await client.call('getCall', { path: { callId }, signal });
  else await client.call('listCalls', { query: { limit: 1 }, signal });
}

/** Until Ctrl+C, or the end of the one call. Throws `OratioProblem` when watching is refused for good. */
async function follow({ io }: Tools, client: OratioClient, { agentId, callId, write }: Following): Promise<void> {
  const style = styleFor(io, io.isOutTty);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const feed = operatorFeed({ client, onRefused: (problem: OratioProblem) => reject(problem) });
  const isNew = changesOnly();
  const watched = new Map<string, () => void>();
  const watchCall = (id: string, ended: () => void): void => {
    if (watched.has(id)) return;
    const stop = feed.watch([`call:${id}`], (message) => {
      const events = eventsIn(message);
      for (const event of events) {
        const entry = eventEntry(id, event, style);
        if (entry) write(entry);
      }
      if (events.some(({ kind }) => kind === 'ended')) ended();
    });
    watched.set(id, stop);
  };
  const hear = (message: OperatorMessage): void => {
    if (message.type === 'call' && isOfAgent(agentId, message.call.agentId)) {
      const { callId: id, status } = message.call;
      if (!OVER.includes(status)) watchCall(id, () => watched.get(id)?.());
      if (isNew(id, status)) write(callEntry(message, io.nowMs(), style));
    }
    if (message.type === 'agent' && isOfAgent(agentId, message.agentId)) {
      const { agentId: id, provisioning } = message;
      for (const step of provisioning.steps) {
        const key = `${id}/${provisioning.run}/${step.step}/${step.attempt}`;
        if (isNew(key, step.status)) write(stepEntry(id, step, style));
      }
    }
  };
  tellConnection(io, feed, style);
  if (callId === undefined) feed.watch(['agents', 'calls'], hear);
  else watchCall(callId, resolve);
  io.signal.addEventListener('abort', () => resolve(), { once: true });
  await promise.finally(() => feed.close());
}

const isOfAgent = (wanted: string | undefined, agentId: string): boolean => wanted === undefined || wanted === agentId;

/** Whether a thing has another status than when it was last heard of. */
function changesOnly(): (key: string, status: string) => boolean {
  const known = new Map<string, string>();
  return (key, status) => {
    const isNew = known.get(key) !== status;
    known.set(key, status);
    return isNew;
  };
}

const OVER: readonly string[] = ['completed', 'failed'];

const callEntry = (message: Extract<OperatorMessage, { type: 'call' }>, nowMs: number, style: Style): Entry => {
  const { callId, status, agentName, channel, costMicroUsd } = message.call;
  const text = style.dim(`call ${status} with ${printable(agentName)} (${channel}), ${ofMicroUsd(costMicroUsd)}`);
  return { atMs: nowMs, source: callId, text, value: message };
};

const eventsIn = (message: OperatorMessage): readonly LiveEvent[] => {
  if (message.type === 'call.event') return [message.event];
  return message.type === 'call.events' ? message.events : [];
};

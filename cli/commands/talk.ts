import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { bytesOf } from '../../audio/pcm.ts';
import { resample } from '../../audio/resampler.ts';
import { mono, readWav, WavError, writeWav } from '../../audio/wav.ts';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import { FailedError, UsageError } from '../exit-codes.ts';
import { bytesIn, writablePath } from '../local-files.ts';
import type { Question } from '../talk/asking-machine.ts';
import { INPUT_HERTZ, OUTPUT_HERTZ, talkOnce } from '../talk/talk-call.ts';
import { type Style, styleFor } from '../terminal/style.ts';
import { ofMicroUsd, ofMs, printable } from '../terminal/words.ts';

interface TalkOptions extends CommonOptions {
  readonly output: string;
  readonly text?: string;
  readonly direct?: true;
}

/** `oratio talk`: a question aloud. */
export const talkCommand: Commands = (program, tools) => {
  program
    .command('talk <agent> [recording]')
    .description('call an agent as a browser does: a recording is the question, what the agent says is recorded')
    .option('-o, --output <file>', 'where the answer goes', 'reply.wav')
    .option('--text <words>', 'type the question instead')
    .option('--direct', 'straight to the agent’s runtime instead of the WebSocket API')
    .addHelpText(
      'after',
      examples(
        'oratio talk "Cozy Comfort" question.wav -o answer.wav',
        'oratio talk $id --text "How long can I return a mattress?"',
      ),
    )
    .action(async (reference: string, recording: string | undefined, _, command: Command) =>
      talk(tools, { reference, recording }, command.optsWithGlobals<TalkOptions>()),
    );
};

interface Wanted {
  readonly reference: string;
  readonly recording: string | undefined;
}

async function talk(tools: Tools, { reference, recording }: Wanted, options: TalkOptions): Promise<void> {
  const { io } = tools;
  const question = await questionOf(io.cwd, recording, options.text);
  const path = await writablePath(io.cwd, options.output);
  const { client, token } = await tools.account(options);
  const agentId = await agentIdOf(client, reference);
  const style = styleFor(io, io.isErrTty);
  const words = answerWords();
  let meter: Meter | undefined;
  const heard = (message: ServerMessage): void => {
    words.hear(message);
    if (message.type === 'meter') meter = message;
    if (message.type === 'session.ended' && meter !== undefined) io.err(style.dim(costLine(meter)));
    const line = lineOf(message, style);
    if (line !== undefined) io.err(`${line}\n`);
  };
  const {
    state,
    recording: sound,
    hasAnswer,
    latencyMs,
  } = await talkOnce({
    credential: { apiOrigin: client.baseUrl, agentId, key: await token() },
    route: options.direct ? 'direct' : 'relay',
    question,
    heard,
    signal: io.signal,
  });
  if (latencyMs !== undefined) io.err(style.dim(`latency ${ofMs(latencyMs)} from the last word to the answer\n`));
  if (state.callId !== undefined) {
    await writeFile(path, writeWav({ sampleRateHertz: OUTPUT_HERTZ, channels: [sound] }));
    io.err(style.dim(`wrote   ${path}\n`));
  }
  if (!hasAnswer) throw new FailedError(whyNot(state.advice));
  const answer = words.latest();
  const result = { callId: state.callId ?? null, answer, latencyMs: latencyMs ?? null, recording: path };
  printerOf(io, options).value(result, `${printable(answer)}\n`);
}

type Meter = Extract<ServerMessage, { type: 'meter' }>;

const costLine = ({ costMicroUsd, elapsedSeconds }: Meter): string =>
  `cost    ${ofMicroUsd(costMicroUsd)} for ${Math.round(elapsedSeconds)} s\n`;

/** The agent's words of the last turn: final ones, or the best guess where the call ended before they were. */
function answerWords(): { readonly hear: (message: ServerMessage) => void; readonly latest: () => string } {
  let turn = -1;
  let finals: readonly string[] = [];
  let guess = '';
  const hear = (message: ServerMessage): void => {
    if (message.type !== 'transcript' || message.role !== 'assistant' || message.turn < turn) return;
    if (message.turn > turn) {
      turn = message.turn;
      finals = [];
      guess = '';
    }
    if (message.stage === 'final') finals = [...finals, message.text];
    else guess = message.text;
  };
  return { hear, latest: () => (finals.length === 0 ? guess : finals.join(' ')) };
}

const whyNot = (advice: { readonly title: string; readonly remedy: string } | undefined): string =>
  advice === undefined ? 'The agent gave no answer.' : `${advice.title}. ${advice.remedy}`;

async function questionOf(cwd: string, recording: string | undefined, words: string | undefined): Promise<Question> {
  if ((recording === undefined) === (words === undefined)) throw new UsageError('Give a recording (WAV), or --text.');
  if (words !== undefined) return { words };
  const path = recording ?? '';
  const bytes = await bytesIn(cwd, path);
  try {
    const wav = readWav(bytes);
    return { pcm: bytesOf(resample(mono(wav), { fromHertz: wav.sampleRateHertz, toHertz: INPUT_HERTZ })) };
  } catch (error) {
    if (error instanceof WavError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** What a person at the terminal is told of a call; undefined for what needs no line. */
export function lineOf(message: ServerMessage, style: Style): string | undefined {
  switch (message.type) {
    case 'session.ready':
      return style.dim(
        `on line ${printable(message.agentName)} (${message.engine}, voice ${message.voice}), call ${message.callId}`,
      );
    case 'session.queued':
      return style.dim(`queued  number ${message.position} in line`);
    case 'transcript':
      if (message.stage !== 'final') return undefined;
      return `${style.bold(message.role === 'user' ? 'you    ' : 'agent  ')} ${printable(message.text)}${message.interrupted ? style.dim(' — (interrupted)') : ''}`;
    case 'tool':
      return message.status === 'started' ? undefined : style.dim(`tool    ${message.name} ${message.status}`);
    case 'handoff':
      return style.yellow(`handoff ${printable(message.reason)}: ${printable(message.summary)}`);
    case 'warning':
      return style.yellow(`warning ${printable(message.message)}`);
    case 'problem':
      return style.red(`problem ${printable(message.title)} ${printable(message.detail)}`);
    case 'meter':
      return undefined;
    case 'session.ended':
      return style.dim(`ended   ${message.reason}`);
    default:
      return undefined;
  }
}

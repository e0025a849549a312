import type { Command } from 'commander';
import type { AnswerOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf } from '../command.ts';
import type { Style } from '../terminal/style.ts';
import { ofMs } from '../terminal/words.ts';

type Answer = AnswerOf<'sendMessage'>;

/** `oratio ask`: a question in text. */
export const askCommand: Commands = (program, tools) => {
  program
    .command('ask <agent> <question...>')
    .description('ask an agent in text; `-` reads the question from stdin')
    .option('--session <id>', 'go on with an earlier conversation')
    .addHelpText(
      'after',
      examples(
        'oratio ask "Cozy Comfort" How long can I return a mattress?',
        'oratio ask $id - < question.txt',
        'oratio ask $id "And who pays?" --session $session --json',
      ),
    )
    .action(async (reference: string, words: readonly string[], _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions & { session?: string }>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, reference);
      const text = words.length === 1 && words[0] === '-' ? await tools.io.stdin() : words.join(' ');
      const body = { text, ...(options.session === undefined ? {} : { sessionId: options.session }) };
      const { data } = await client.call('sendMessage', { path: { agentId }, body, signal: tools.io.signal });
      const print = printerOf(tools.io, options);
      print.value(data, answerText(data, print.style));
    });
};

/** The answer, and what it rests on. */
function answerText({ answer, citations, toolCalls, handoff, sessionId }: Answer, style: Style): string {
  const lines = [
    answer,
    ...citations.map(({ marker, path }) => style.dim(`[${marker}] ${path}`)),
    ...toolCalls.map(({ name, status, durationMs }) => style.dim(`tool ${name}: ${status}, ${ofMs(durationMs)}`)),
    ...(handoff === null ? [] : [style.yellow(`a person is asked for: ${handoff.reason}`)]),
    style.dim(`session ${sessionId}`),
  ];
  return `${lines.join('\n')}\n`;
}

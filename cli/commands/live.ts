import type { Command } from 'commander';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';

interface ForceOptions extends CommonOptions {
  readonly force?: true;
}

/** `oratio whisper`, `say`, `hold`, …: what an operator does to a call that goes on. */
export const liveCommands: Commands = (program, tools) => {
  words(program, tools, 'whisper', 'whisperToCall', 'tell the agent something that the caller does not hear');
  words(program, tools, 'say', 'sayInCall', 'have the agent say exactly these words');
  reason(program, tools, 'hold', 'holdCall', 'let the caller wait; the agent answers nothing until `resume`');
  reason(program, tools, 'resume', 'resumeCall', 'end `hold` or `takeover`');
  reason(
    program,
    tools,
    'takeover',
    'takeOverCall',
    'silence the agent: only what you `say` is spoken, until `resume`',
  );
  reason(program, tools, 'transfer', 'transferCall', 'give the call to a person');
  reason(program, tools, 'end', 'endCall', 'say goodbye and end the call');
  program
    .command('release <call>')
    .description('let other operators control a call that you had in hand')
    .action(async (callId: string, _, command: Command) => {
      const { client } = await tools.account(command.optsWithGlobals<CommonOptions>());
      await client.call('releaseCallController', { path: { callId }, signal: tools.io.signal });
    });
};

function words(
  program: Command,
  tools: Tools,
  name: string,
  id: 'whisperToCall' | 'sayInCall',
  description: string,
): void {
  program
    .command(`${name} <call> <words...>`)
    .description(description)
    .option('--force', 'take the call out of another operator’s hand')
    .addHelpText('after', examples(`oratio ${name} $call "Offer ten percent."`))
    .action(async (callId: string, said: readonly string[], _, command: Command) => {
      const options = command.optsWithGlobals<ForceOptions>();
      const { client } = await tools.account(options);
      const body = { text: said.join(' '), ...(options.force ? { force: true } : {}) };
      const { data } = await client.call(id, { path: { callId }, body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.commandId}\n`);
    });
}

type ReasonOperation = 'holdCall' | 'resumeCall' | 'takeOverCall' | 'transferCall' | 'endCall';

function reason(program: Command, tools: Tools, name: string, id: ReasonOperation, description: string): void {
  program
    .command(`${name} <call>`)
    .description(description)
    .option('--reason <words>', 'why; kept in the record')
    .option('--force', 'take the call out of another operator’s hand')
    .action(async (callId: string, _, command: Command) => {
      const options = command.optsWithGlobals<ForceOptions & { reason?: string }>();
      const { client } = await tools.account(options);
      const { reason: why, force } = options;
      const body = { ...(why === undefined ? {} : { reason: why }), ...(force ? { force: true } : {}) };
      const { data } = await client.call(id, { path: { callId }, body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.commandId}\n`);
    });
}

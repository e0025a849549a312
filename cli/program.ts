import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { accountFor } from './account/session.ts';
import type { Tools } from './command.ts';
import { agentCommands } from './commands/agents.ts';
import { apiCommands } from './commands/api.ts';
import { askCommand } from './commands/ask.ts';
import { callCommands } from './commands/calls.ts';
import { completionCommand } from './commands/completion.ts';
import { keyCommands } from './commands/keys.ts';
import { liveCommands } from './commands/live.ts';
import { loginCommands } from './commands/login.ts';
import { logsCommand } from './commands/logs.ts';
import { numberCommands } from './commands/numbers.ts';
import { settingsCommands } from './commands/settings.ts';
import { statsCommand } from './commands/stats.ts';
import { talkCommand } from './commands/talk.ts';
import { EXIT, exitCodeOf, failureLines } from './exit-codes.ts';
import type { Io } from './io.ts';
import { styleFor } from './terminal/style.ts';

const COMMANDS = [
  loginCommands,
  agentCommands,
  askCommand,
  talkCommand,
  logsCommand,
  callCommands,
  liveCommands,
  keyCommands,
  numberCommands,
  settingsCommands,
  statsCommand,
  apiCommands,
  completionCommand,
];

const BELOW_HELP = `
Results go to stdout: tables on a screen, tab-separated lines elsewhere, exact JSON with --json. Progress and failures go
to stderr.

Environment:
  ORATIO_API_URL   the API, as --api            ORATIO_TOKEN    a token or API key, as --token
  ORATIO_OUTPUTS   as --outputs                 ORATIO_PROFILE  as --profile
  NO_COLOR         no colours                   XDG_CONFIG_HOME where profiles are kept

Exit codes:
  ${EXIT.ok}  it was done                            ${EXIT.notAllowed}  not signed in, or without the right
  ${EXIT.failed}  it was tried and did not work out      ${EXIT.conflict}  not in this state, or somebody else was first
  ${EXIT.usage}  the command line is not right          ${EXIT.unavailable}  nothing answers now; try again later
  ${EXIT.notFound}  there is no such thing                 ${EXIT.interrupted}  ended by Ctrl+C

Examples:
  $ oratio login --api https://d111111abcdef8.cloudfront.net
  $ oratio agents create --name "Cozy Comfort" --sop sop.md --files handbook/ --wait
  $ oratio ask "Cozy Comfort" How long can I return a mattress?
  $ oratio logs --follow
`;

/** The command line as a tree of commands. */
function programFor(tools: Tools): Command {
  const program = new Command('oratio')
    .description('Agents from SOPs: create them, talk to them, watch and control their calls.')
    .version(manifest.version, '-V, --version', 'the version of this program')
    .option('--api <url>', 'address of the API or its dashboard')
    .option('--outputs <file>', 'outputs.json of `cdk deploy`: where the stage is')
    .option('--token <token>', 'access token or API key')
    .option('--profile <name>', 'which of the stages that you signed in to')
    .option('--json', 'exactly what the API answers')
    .addHelpText('after', BELOW_HELP);
  for (const add of COMMANDS) add(program, tools);
  quieten(program, tools.io);
  return program;
}

/** Every command throws instead of ending the process, and writes where it is told. */
function quieten(command: Command, io: Io): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: io.out,
    writeErr: io.err,
    getOutHelpWidth: () => io.columns,
    getErrHelpWidth: () => io.columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) quieten(child, io);
}

/** Carries out a command line; gives the exit code, and throws nothing. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = programFor({ io, account: (options) => accountFor(io, options) });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const code = io.signal.aborted ? EXIT.interrupted : exitCodeOf(error);
    // What commander has to say it has said.
    if (error instanceof CommanderError || code === EXIT.interrupted) return code;
    const style = styleFor(io, io.isErrTty);
    const [first = '', ...more] = failureLines(error);
    io.err(`${style.red('✗')} ${first}\n${more.map((line) => `${line}\n`).join('')}`);
    return code;
  }
}

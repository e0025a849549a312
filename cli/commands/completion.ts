import { Argument, type Command } from 'commander';
import type { Commands } from '../command.ts';
import { type CommandWords, completionScript, SHELLS, type Shell } from '../terminal/completion.ts';

/** `oratio completion`: what a shell asks for at the Tab key. */
export const completionCommand: Commands = (program, { io }) => {
  program
    .command('completion')
    .description('a script that lets your shell complete commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Once for each shell:
  bash  echo 'source <(oratio completion bash)' >> ~/.bashrc
  zsh   oratio completion zsh > "\${fpath[1]}/_oratio"
  fish  oratio completion fish > ~/.config/fish/completions/oratio.fish
`,
    )
    .action((shell: Shell) => io.out(completionScript(shell, wordsOf(program))));
};

/** What may follow each path of commands. */
function wordsOf(program: Command, path = ''): readonly CommandWords[] {
  const { commands, options } = program;
  const own = {
    path,
    commands: commands.map((command) => ({ name: command.name(), description: command.description() })),
    options: options.flatMap(({ long, description }) => (long ? [{ name: long, description }] : [])),
  };
  return [own, ...commands.flatMap((command) => wordsOf(command, `${path} ${command.name()}`.trim()))];
}

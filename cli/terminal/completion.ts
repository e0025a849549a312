export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly name: string;
  readonly description: string;
}

/** What may follow a path of commands, `''` for the first word. */
export interface CommandWords {
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
}

/** The script for a shell. It asks no program at the Tab key: all words are in it. */
export function completionScript(shell: Shell, table: readonly CommandWords[]): string {
  if (shell === 'fish') return fish(table);
  const global = table.find(({ path }) => path === '')?.options ?? [];
  const all = table.map((entry) => (entry.path === '' ? entry : { ...entry, options: [...entry.options, ...global] }));
  return shell === 'bash' ? bash(all) : zsh(all);
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Commands of a path are joined by a slash, so that a path is one word of the shell. */
const pathWord = (path: string): string => path.replaceAll(' ', '/');

/** Follows the words before the cursor as far as they are commands: options and arguments lead nowhere. */
const followPath = (table: readonly CommandWords[], words: string): string => {
  const known = table.flatMap(({ path }) => (path === '' ? [] : [pathWord(path)])).join(' ');
  return `  local known=${quoted(known)} at='' word
  for word in "${words}"; do
    case " $known " in *" \${at:+$at/}$word "*) at="\${at:+$at/}$word" ;; esac
  done`;
};

function bash(table: readonly CommandWords[]): string {
  const cases = table.map(({ path, commands, options }) => {
    const names = [...commands, ...options].map(({ name }) => name).join(' ');
    return `    ${quoted(pathWord(path))}) found=${quoted(names)} ;;`;
  });
  return `# bash completion of oratio
_oratio() {
${followPath(table, `\${COMP_WORDS[@]:1:COMP_CWORD-1}`)}
  local found=''
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _oratio oratio
`;
}

function zsh(table: readonly CommandWords[]): string {
  const described = ({ name, description }: Word): string =>
    quoted(`${name.replaceAll(':', String.raw`\:`)}:${description.replaceAll('\n', ' ')}`);
  const cases = table.map(({ path, commands, options }) => {
    const found = [...commands, ...options].map(described).join(' ');
    return `    ${quoted(pathWord(path))}) found=(${found}) ;;`;
  });
  return `#compdef oratio
_oratio() {
${followPath(table, `\${(@)words[2,CURRENT-1]}`)}
  local -a found
  case "$at" in
${cases.join('\n')}
  esac
  _describe oratio found || _files
}
# Found in a folder of fpath, this file is the function itself at the first Tab.
if [ "$funcstack[1]" = _oratio ]; then _oratio "$@"; else compdef _oratio oratio; fi
`;
}

function fish(table: readonly CommandWords[]): string {
  const lines = table.flatMap(({ path, commands, options }) => {
    const seen = path === '' ? [] : path.split(' ').map((step) => `__fish_seen_subcommand_from ${step}`);
    const names = commands.map(({ name }) => name).join(' ');
    const next = [...seen, ...(names === '' ? [] : [`not __fish_seen_subcommand_from ${names}`])];
    return [
      ...commands.map(
        ({ name, description }) => `complete -c oratio -f${when(next)} -a ${quoted(name)} -d ${quoted(description)}`,
      ),
      ...options.map(
        ({ name, description }) => `complete -c oratio${when(seen)} -l ${name.slice(2)} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# fish completion of oratio\n${lines.join('\n')}\n`;
}

const when = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` -n ${quoted(conditions.join('; and '))}`;

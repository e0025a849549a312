import type { Command } from 'commander';
import type { InputArguments, OperationId } from '../../client/operation-types.ts';
import { type Commands, type CommonOptions, examples, type Tools } from '../command.ts';
import { jsonOf, parseJson } from '../local-files.ts';
import table from '../operation-table.json' with { type: 'json' };

/** A query parameter as the command line has it. */
export interface QueryOption {
  readonly name: string;
  readonly description: string;
  readonly isNeeded?: true;
}

/** An operation as `oratio api` offers it; written by `scripts/build-cli.ts` from the table of operations. */
export interface ApiCommand {
  readonly summary: string;
  /** Names in its path, in their order: the arguments of the command. */
  readonly path: readonly string[];
  readonly query: readonly QueryOption[];
  readonly hasBody?: true;
}

/** `oratio api …`: every operation of the API by its name, for whatever has no command of its own. */
export const apiCommands: Commands = (program, tools) => {
  const api = program
    .command('api')
    .description('any operation of the API: its answer as JSON')
    .addHelpText(
      'after',
      examples(
        'oratio api get-agent $id',
        'oratio api list-calls --status completed --limit 5',
        'oratio api create-api-key $id --body \'{"name": "shop", "scopes": ["agents:talk"]}\'',
      ),
    );
  for (const [id, operation] of Object.entries(table as unknown as Readonly<Record<string, ApiCommand>>))
    operationCommand(api, tools, id, operation);
};

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function operationCommand(api: Command, tools: Tools, id: string, { summary, path, query, hasBody }: ApiCommand): void {
  const command = api.command([kebab(id), ...path.map((name) => `<${kebab(name)}>`)].join(' ')).description(summary);
  for (const { name, description, isNeeded } of query) {
    const flags = `--${kebab(name)} <value>`;
    if (isNeeded) command.requiredOption(flags, description);
    else command.option(flags, description);
  }
  if (hasBody)
    command
      .option('--body <json>', 'the body: JSON, @file, or - for stdin')
      .option('--if-match <etag>', 'only if it has not changed');
  command.action(async (...args: readonly unknown[]) => {
    const options = command.optsWithGlobals<
      CommonOptions & { body?: string; ifMatch?: string; [name: string]: unknown }
    >();
    const { client } = await tools.account(options);
    const body = await bodyOf(tools, options.body);
    const input = {
      path: Object.fromEntries(path.map((name, index) => [name, String(args[index])])),
      query: Object.fromEntries(query.map(({ name }) => [name, options[name]])),
      signal: tools.io.signal,
      ...(hasBody ? { body: body ?? {} } : {}),
      ...(options.ifMatch === undefined ? {} : { ifMatch: options.ifMatch }),
    };
    // Of which operation is known only now; the API checks what is given.
    const { data } = await client.call(id as OperationId, ...([input] as unknown as InputArguments<OperationId>));
    if (data !== undefined) tools.io.out(typeof data === 'string' ? data : `${JSON.stringify(data, undefined, 2)}\n`);
  });
}

async function bodyOf({ io }: Tools, given: string | undefined): Promise<unknown> {
  if (given === undefined) return undefined;
  if (given === '-') return parseJson(await io.stdin(), 'stdin');
  return given.startsWith('@') ? jsonOf(io.cwd, given.slice(1)) : parseJson(given, '--body');
}

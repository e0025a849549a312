import type { Command } from 'commander';
import type { BodyOf, ItemOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf } from '../command.ts';
import type { Column } from '../terminal/table.ts';
import { ofUnixSeconds } from '../terminal/words.ts';

type Key = ItemOf<'listApiKeys'>;

const COLUMNS: readonly Column<Key>[] = [
  { name: 'id', of: ({ keyId }) => keyId },
  { name: 'name', of: ({ name }) => name, isElastic: true },
  { name: 'key', of: ({ start, lastFour }) => `${start}…${lastFour}`, isSpare: true },
  { name: 'scopes', of: ({ scopes }) => scopes.join(',') },
  { name: 'created', of: ({ createdAt }) => ofUnixSeconds(createdAt), isSpare: true },
  { name: 'used', of: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : ofUnixSeconds(lastUsedAt)), isSpare: true },
];

/** `oratio keys …`: API keys of an agent. */
export const keyCommands: Commands = (program, tools) => {
  const keys = program.command('keys').description('API keys of an agent, for programs that talk to it');
  keys
    .command('list <agent>')
    .description('list the keys of an agent, without the keys themselves')
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const found: Key[] = [];
      const path = { agentId: await agentIdOf(client, reference) };
      for await (const key of client.items('listApiKeys', { path, signal: tools.io.signal })) found.push(key);
      printerOf(tools.io, options).list(COLUMNS, found);
    });
  keys
    .command('create <agent>')
    .description('make a key; it is printed this once')
    .requiredOption('--name <name>', 'what it is for')
    .option('--scopes <scopes>', 'what it may do, with commas between', 'agents:talk,agents:ask')
    .option('--days <n>', 'how long it lives (default: as long as the agent)')
    .addHelpText('after', examples('oratio keys create "Cozy Comfort" --name shop > shop.key'))
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions & { name: string; scopes: string; days?: string }>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, reference);
      // The API checks scopes and days, and says which there are.
      const body = {
        name: options.name,
        scopes: options.scopes.split(',').map((scope) => scope.trim()),
        ...(options.days === undefined ? {} : { expiresInDays: Number(options.days) }),
      } as BodyOf<'createApiKey'>;
      const { data } = await client.call('createApiKey', { path: { agentId }, body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.key}\n`);
    });
  keys
    .command('delete <agent> <key>')
    .description('delete a key, by its id: it is refused from then on')
    .action(async (reference: string, keyId: string, _, command: Command) => {
      const { client } = await tools.account(command.optsWithGlobals<CommonOptions>());
      const agentId = await agentIdOf(client, reference);
      await client.call('deleteApiKey', { path: { agentId, keyId }, signal: tools.io.signal });
    });
};

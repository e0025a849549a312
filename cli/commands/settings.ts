import type { Command } from 'commander';
import type { AnswerOf, BodyOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import { UsageError } from '../exit-codes.ts';
import { jsonOf, parseJson } from '../local-files.ts';
import { styleFor } from '../terminal/style.ts';
import { type Column, tableOf } from '../terminal/table.ts';
import { ofMoment, ofMs } from '../terminal/words.ts';

/** `oratio provider …` and `oratio context …`: what an agent thinks and speaks with, and what it is told for now. */
export const settingsCommands: Commands = (program, tools) => {
  providerCommands(program.command('provider').description('whose models, ears and voices an agent uses'), tools);
  contextCommands(
    program.command('context').description('what an agent is told for now, in running calls, too'),
    tools,
  );
};

const PARTS = ['speech', 'llm', 'tts', 'stt'] as const;
type Part = (typeof PARTS)[number];

interface PartOptions extends CommonOptions {
  readonly provider?: string;
  readonly model?: string;
  readonly voice?: string;
  readonly url?: string;
  readonly path?: string;
  readonly keyStdin?: true;
  readonly reset?: true;
  readonly say?: string;
}

/** Throws `UsageError`. */
function partOf(name: string): Part {
  const part = PARTS.find((one) => one === name);
  if (part === undefined) throw new UsageError(`"${name}" is none of ${PARTS.join(', ')}.`);
  return part;
}

const withPart = (command: Command): Command =>
  command
    .option('--provider <name>', 'nova-sonic, openai-compatible, elevenlabs, …')
    .option('--model <id>', 'the provider’s name of the model')
    .option('--voice <id>', 'the provider’s name of the voice')
    .option('--url <address>', 'where the provider answers')
    .option('--path <path>', 'path below the address')
    .option('--key-stdin', 'read the provider’s key from stdin; it is never shown again');

async function configOf({ io }: Tools, part: Part, options: PartOptions): Promise<object | undefined> {
  const { provider, model, voice, url, path } = options;
  if (provider === undefined) return undefined;
  const pathName = part === 'llm' ? 'completionsPath' : 'path';
  return {
    provider,
    ...(model === undefined ? {} : { model }),
    ...(voice === undefined ? {} : { voice }),
    ...(url === undefined ? {} : { apiUrl: url }),
    ...(path === undefined ? {} : { [pathName]: path }),
    ...(options.keyStdin ? { apiKey: (await io.stdin()).trim() } : {}),
  };
}

function providerCommands(provider: Command, tools: Tools): void {
  provider
    .command('show <agent>')
    .description('what the agent uses; of keys the last four characters')
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const path = { agentId: await agentIdOf(client, reference) };
      const { data } = await client.call('getProviders', { path, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, providersText(tools, data));
    });
  withPart(provider.command('set <agent> <part>').description('speech, llm, tts or stt: whose it shall be'))
    .option('--reset', 'back to the default')
    .addHelpText(
      'after',
      examples(
        'oratio provider set $id llm --provider openai-compatible --url https://api.groq.com --model llama-3.1-8b-instant --key-stdin < groq.key',
        'oratio provider set $id llm --reset',
      ),
    )
    .action(async (reference: string, name: string, _, command: Command) => {
      const options = command.optsWithGlobals<PartOptions>();
      const part = partOf(name);
      const config = options.reset ? null : await configOf(tools, part, options);
      if (config === undefined) throw new UsageError('Say which --provider, or --reset.');
      const { client } = await tools.account(options);
      const path = { agentId: await agentIdOf(client, reference) };
      const body = { [part]: config } as BodyOf<'putProviders'>;
      const { data } = await client.call('putProviders', { path, body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, providersText(tools, data));
    });
  withPart(provider.command('test <agent> <part>').description('speak to a provider and print what it heard or said'))
    .option('--say <words>', 'what it is asked or has to speak')
    .action(async (reference: string, name: string, _, command: Command) =>
      testProvider(tools, { reference, part: partOf(name) }, command.optsWithGlobals<PartOptions>()),
    );
}

type Providers = AnswerOf<'getProviders'>;

interface PartLine {
  readonly part: Part;
  readonly of: Providers[Part];
}

const PART_COLUMNS: readonly Column<PartLine>[] = [
  { name: 'part', of: ({ part }) => part },
  { name: 'provider', of: ({ of }) => of.provider },
  { name: 'model', of: ({ of }) => of.model, isElastic: true },
  { name: 'voice', of: ({ of }) => of.voice, isElastic: true },
  { name: 'url', of: ({ of }) => of.apiUrl, isElastic: true },
  { name: 'key', of: ({ of }) => (of.keyLastFour === null ? '' : `…${of.keyLastFour}`) },
];

const providersText = ({ io }: Tools, providers: Providers): string =>
  tableOf(
    PART_COLUMNS,
    PARTS.map((part) => ({ part, of: providers[part] })),
    { isTty: io.isOutTty, columns: io.columns, style: styleFor(io, io.isOutTty) },
  );

async function testProvider(
  tools: Tools,
  { reference, part }: { readonly reference: string; readonly part: Part },
  options: PartOptions,
): Promise<void> {
  const { client } = await tools.account(options);
  const config = await configOf(tools, part, options);
  const agentId = await agentIdOf(client, reference);
  const body = {
    part,
    agentId,
    ...(config === undefined ? {} : { config }),
    ...(options.say === undefined ? {} : { text: options.say }),
  } as BodyOf<'testProvider'>;
  const { data } = await client.call('testProvider', { body, signal: tools.io.signal });
  printerOf(tools.io, options).facts(data, [
    ['provider', data.provider],
    ['model', data.model],
    ['said', data.said],
    ['heard', data.heard],
    ['first', ofMs(data.firstMs)],
    ['total', ofMs(data.totalMs)],
  ]);
}

type Context = AnswerOf<'getAgentContext'>;

interface ContextOptions extends CommonOptions {
  readonly data?: string;
  readonly file?: string;
  readonly notes?: string;
  readonly instructions?: string;
  readonly replace?: true;
}

function contextCommands(context: Command, tools: Tools): void {
  context
    .command('show <agent>')
    .description('what the agent is told for now')
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const path = { agentId: await agentIdOf(client, reference) };
      const { data } = await client.call('getAgentContext', { path, signal: tools.io.signal });
      showContext(tools, options, data);
    });
  context
    .command('set <agent>')
    .description('change what the agent is told; what is not named stays')
    .option('--data <json>', 'facts: a JSON object, in which null takes a member away')
    .option('--file <file>', 'the same from a file')
    .option('--notes <text>', 'notes')
    .option('--instructions <text>', 'special instructions')
    .option('--replace', 'what is not named is forgotten')
    .addHelpText(
      'after',
      examples(
        `oratio context set "Cozy Comfort" --data '{"offer": "ten percent off"}'`,
        `oratio context set $id --data '{"offer": null}'`,
      ),
    )
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<ContextOptions>();
      const { client } = await tools.account(options);
      const path = { agentId: await agentIdOf(client, reference) };
      const body = await contextOf(tools, options);
      const headers = options.replace ? {} : { 'content-type': 'application/merge-patch+json' };
      const { data } = await client.call('putAgentContext', { path, body, headers, signal: tools.io.signal });
      showContext(tools, options, data);
    });
}

async function contextOf({ io }: Tools, options: ContextOptions): Promise<BodyOf<'putAgentContext'>> {
  const { data, file, notes, instructions } = options;
  if ([data, file, notes, instructions].every((one) => one === undefined) && !options.replace)
    throw new UsageError('Say what: --data, --file, --notes or --instructions.');
  const facts = file === undefined ? data && parseJson(data, '--data') : await jsonOf(io.cwd, file);
  return {
    ...(facts === undefined ? {} : { data: facts }),
    ...(notes === undefined ? {} : { notes }),
    ...(instructions === undefined ? {} : { specialInstructions: instructions }),
  } as BodyOf<'putAgentContext'>;
}

const showContext = ({ io }: Tools, options: CommonOptions, context: Context): void =>
  printerOf(io, options).facts(context, [
    ['version', context.version],
    ['data', JSON.stringify(context.data)],
    ['notes', context.notes],
    ['instructions', context.specialInstructions],
    ['updated', context.updatedAtMs === null ? null : ofMoment(context.updatedAtMs)],
  ]);

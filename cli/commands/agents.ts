import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type AnswerOf, type BodyOf, OratioProblem, type UploadForm, uploadFiles } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import { UsageError } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { contentIn, describedFiles, filesBelow, isThere, jsonOf, textOf } from '../local-files.ts';
import { uploadItem, waitForRun } from '../provisioning-progress.ts';
import { type ProgressItem, progressOn } from '../terminal/progress.ts';
import type { Column } from '../terminal/table.ts';
import { ofUnixSeconds } from '../terminal/words.ts';

type Agent = AnswerOf<'getAgent'>;
type Summary = AnswerOf<'listAgents'>['agents'][number];

interface DraftOptions extends CommonOptions {
  readonly from?: string;
  readonly name?: string;
  readonly type?: 'text' | 'voice' | 'both';
  readonly sop?: string;
  readonly files?: string;
  readonly descriptions?: string;
  readonly settings?: string;
  readonly wait?: true;
}

interface WaitOptions extends CommonOptions {
  readonly wait?: true;
}

const COLUMNS: readonly Column<Summary>[] = [
  { name: 'id', of: ({ agentId }) => agentId },
  { name: 'name', of: ({ agentName }) => agentName, isElastic: true },
  { name: 'status', of: ({ status }) => status },
  { name: 'type', of: ({ agentType }) => agentType, isSpare: true },
  { name: 'version', of: ({ activeVersion }) => activeVersion ?? '-', isNumber: true },
  { name: 'updated', of: ({ updatedAt }) => ofUnixSeconds(updatedAt), isSpare: true },
];

/** `oratio agents …`, and `list`, `show` and `destroy` without it. */
export const agentCommands: Commands = (program, tools) => {
  const agents = program.command('agents').description('create, list, change and destroy agents');
  draftCommands(agents, tools);
  for (const parent of [agents, program]) readCommands(parent, tools);
  for (const [verb, id] of LIFECYCLE) lifecycleCommand(agents, tools, verb, id);
};

const LIFECYCLE = [
  ['start', 'startAgent'],
  ['stop', 'stopAgent'],
  ['pause', 'pauseAgent'],
  ['resume', 'resumeAgent'],
] as const;

function draftCommands(agents: Command, tools: Tools): void {
  const draft = (command: Command): Command =>
    command
      .option('--from <folder>', 'a folder with what there is of agent.json, sop.md, descriptions.json and files/')
      .option('--name <name>', 'name of the agent')
      .option('--type <type>', 'text, voice or both')
      .option('--sop <file>', 'the standard operating procedure: text or Markdown')
      .option('--files <folder>', 'what the agent shall know; folders are kept')
      .option('--descriptions <file>', 'JSON: what is in each file (default: what its name says)')
      .option('--settings <file>', 'JSON: any other fields of the request')
      .option('--wait', 'until the agent is active, telling each step');
  draft(agents.command('create').description('create an agent from an SOP and files'))
    .addHelpText(
      'after',
      examples(
        'oratio agents create --name "Cozy Comfort" --sop sop.md --files handbook/ --wait',
        'oratio agents create --from examples/cozy-comfort --wait',
        'id=$(oratio agents create --from shop --json | jq -r .agentId)',
      ),
    )
    .action(async (_, command: Command) => create(tools, command.optsWithGlobals<DraftOptions>()));
  draft(agents.command('update <agent>').description('change an agent; a new SOP or files make a new version')).action(
    async (agent: string, _, command: Command) => update(tools, agent, command.optsWithGlobals<DraftOptions>()),
  );
  agents
    .command('retry <agent>')
    .description('resume a failed run from its first step not done')
    .option('--files <folder>', 'where files are that never arrived')
    .option('--wait', 'until the agent is active, telling each step')
    .action(async (agent: string, _, command: Command) => {
      const options = command.optsWithGlobals<WaitOptions & { files?: string }>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, agent);
      const { data } = await client.call('retryAgent', { path: { agentId }, signal: tools.io.signal });
      const missing = data.uploads?.map(({ path }) => path) ?? [];
      if (missing.length > 0 && options.files === undefined)
        throw new UsageError(`It has no ${missing.join(', ')}: say with --files where they are.`);
      await sendFiles(tools, data, options.files === undefined ? undefined : resolve(tools.io.cwd, options.files));
      await finish(tools, options, data);
    });
}

async function create(tools: Tools, options: DraftOptions): Promise<void> {
  const { client } = await tools.account(options);
  const { folder, ...draft } = await draftOf(tools, options);
  if (draft.agentName === undefined) throw new UsageError('Give the agent a --name, or --from a folder that names it.');
  // The API checks every field and points at what is wrong.
  const body = { agentType: 'both', ...draft } as BodyOf<'createAgent'>;
  const { data } = await client.call('createAgent', { body, signal: tools.io.signal });
  await sendFiles(tools, data, folder);
  await finish(tools, options, data);
}

async function update(tools: Tools, reference: string, options: DraftOptions): Promise<void> {
  const { client } = await tools.account(options);
  const agentId = await agentIdOf(client, reference);
  const { folder, ...draft } = await draftOf(tools, options);
  const body = draft as BodyOf<'updateAgent'>;
  const { data } = await client.call('updateAgent', { path: { agentId }, body, signal: tools.io.signal });
  await sendFiles(tools, data, folder);
  await finish(tools, options, data);
}

interface Draft {
  readonly [field: string]: unknown;
  /** Where the files are. */
  readonly folder: string | undefined;
}

/** The fields of the request that the command line names. */
async function draftOf({ io }: Tools, options: DraftOptions): Promise<Draft> {
  const given = await fromFolder(io.cwd, options);
  const settings = given.settings === undefined ? {} : await jsonOf(io.cwd, given.settings);
  const folder = given.files === undefined ? undefined : resolve(io.cwd, given.files);
  const files = folder === undefined ? [] : await filesBelow(folder);
  const descriptions = given.descriptions === undefined ? {} : await jsonOf(io.cwd, given.descriptions);
  return {
    ...(settings as object),
    ...(options.name === undefined ? {} : { agentName: options.name }),
    ...(options.type === undefined ? {} : { agentType: options.type }),
    ...(given.sop === undefined ? {} : { sop: await textOf(io.cwd, given.sop) }),
    ...(files.length === 0 ? {} : { files, folderFileDescriptions: describedFiles(files, descriptions) }),
    folder,
  };
}

/** What a folder is made of; of these only what is there. */
const PARTS = { sop: 'sop.md', files: 'files', descriptions: 'descriptions.json', settings: 'agent.json' } as const;

type Sources = Pick<DraftOptions, keyof typeof PARTS>;

/** Throws `UsageError` when nothing of it is there. */
async function fromFolder(cwd: string, options: DraftOptions): Promise<Sources> {
  const { from } = options;
  if (from === undefined) return options;
  const parts = Object.entries(PARTS).map(([part, name]) => [part, join(from, name)] as const);
  const there = await Promise.all(parts.map(([, path]) => isThere(resolve(cwd, path))));
  const found = Object.fromEntries(parts.filter((_, index) => there[index]));
  if (Object.keys(found).length === 0) throw new UsageError(`${from} has none of ${Object.values(PARTS).join(', ')}.`);
  return { ...found, ...options };
}

interface Accepted {
  readonly agentId: string;
  readonly uploads?: readonly UploadForm[] | undefined;
}

/** Says what is left behind when not all could be sent. */
async function sendFiles({ io }: Tools, accepted: Accepted, folder: string | undefined): Promise<void> {
  const { agentId, uploads: forms = [] } = accepted;
  if (forms.length === 0 || folder === undefined) return;
  const progress = progressOn(io);
  const items = new Map<string, ProgressItem>();
  const onProgress = (step: Parameters<typeof uploadItem>[0]): void => {
    items.set(step.path, uploadItem(step));
    progress.tell([...items.values()]);
  };
  try {
    await uploadFiles(forms, contentIn(folder), { onProgress, signal: io.signal });
  } catch (error) {
    progress.say(
      `The agent ${agentId} is there without all its files: \`oratio destroy ${agentId}\`, and begin again.`,
    );
    throw error;
  } finally {
    progress.end();
  }
}

/** Waits where that was asked for, and prints the agent's id: what the next command needs. */
async function finish(tools: Tools, options: WaitOptions, accepted: AnswerOf<'createAgent'>): Promise<void> {
  const { agentId } = accepted;
  const print = printerOf(tools.io, options);
  if (!options.wait) {
    print.value(accepted, `${agentId}\n`);
    return;
  }
  const { client } = await tools.account(options);
  const agent = await waitForRun({ io: tools.io, client, agentId }).catch((error: unknown) => {
    tools.io.err(whatGoesOn(tools.io, agentId));
    throw error;
  });
  print.value(agent, `${agentId}\n`);
}

/** What somebody who waited no longer, or for nothing, does next. */
const whatGoesOn = ({ signal }: Io, agentId: string): string =>
  signal.aborted
    ? `The agent ${agentId} goes on being made: \`oratio logs ${agentId} --follow\`.\n`
    : `Look at it with \`oratio logs ${agentId}\`, try again with \`oratio agents retry ${agentId} --wait\`.\n`;

function readCommands(parent: Command, tools: Tools): void {
  parent
    .command('list')
    .description('list your agents, newest first')
    .option('--status <status>', 'only agents in this status')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions & { status?: Summary['status'] }>();
      const { client } = await tools.account(options);
      const { status } = options;
      const found: Summary[] = [];
      const query = { limit: 100, ...(status === undefined ? {} : { status }) };
      for await (const agent of client.items('listAgents', { query, signal: tools.io.signal })) found.push(agent);
      printerOf(tools.io, options).list(COLUMNS, found);
    });
  parent
    .command('show <agent>')
    .description('show an agent, by id or name')
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, reference);
      const { data } = await client.call('getAgent', { path: { agentId }, signal: tools.io.signal });
      printerOf(tools.io, options).facts(data, factsOfAgent(data));
    });
  parent
    .command('destroy <agent>')
    .description('take an agent down with everything that belongs to it')
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'until nothing of it is left')
    .action(async (reference: string, _, command: Command) =>
      destroy(tools, reference, command.optsWithGlobals<WaitOptions & { yes?: true }>()),
    );
}

const factsOfAgent = (agent: Agent) =>
  [
    ['id', agent.agentId],
    ['name', agent.agentName],
    ['status', agent.status],
    ['reason', agent.statusReason?.message],
    ['type', agent.agentType],
    ['version', agent.activeVersion],
    ['newest', agent.version],
    ['files', agent.knowledgeBase.files.length],
    ['knowledge', agent.knowledgeBase.status],
    ['channels', agent.channels.map(({ channelType, status }) => `${channelType} (${status})`).join(', ')],
    ['created', ofUnixSeconds(agent.createdAt)],
    ['updated', ofUnixSeconds(agent.updatedAt)],
  ] as const;

async function destroy(tools: Tools, reference: string, options: WaitOptions & { yes?: true }): Promise<void> {
  const { io } = tools;
  const { client } = await tools.account(options);
  const agentId = await agentIdOf(client, reference);
  if (!options.yes) await confirm(tools, `Destroy the agent "${reference}" with its files, conversations and calls?`);
  const { data } = await client.call('deleteAgent', { path: { agentId }, signal: io.signal });
  if (options.wait) {
    await waitForRun({ io, client, agentId }).catch((error: unknown) => {
      // Nothing is left: that is what was waited for.
      if (!(error instanceof OratioProblem && error.status === 404)) throw error;
    });
  }
  printerOf(io, options).value(data, '');
  io.err(`${options.wait ? 'Destroyed' : 'Being destroyed'}: ${agentId}\n`);
}

/** Throws `UsageError` unless somebody is there and says yes. */
async function confirm({ io }: Tools, question: string): Promise<void> {
  if (!io.isInTty) throw new UsageError('Say --yes: nobody is here to be asked.');
  const answer = await io.ask(`${question} [y/N] `, {});
  if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was done.');
}

function lifecycleCommand(agents: Command, tools: Tools, verb: string, id: (typeof LIFECYCLE)[number][1]): void {
  agents
    .command(`${verb} <agent>`)
    .description(`${verb} an agent`)
    .action(async (reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, reference);
      const { data } = await client.call(id, { path: { agentId }, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.status}\n`);
    });
}

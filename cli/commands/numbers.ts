import type { Command } from 'commander';
import type { AnswerOf, BodyOf, ItemOf, QueryOf } from '../../client/index.ts';
import { agentIdOf } from '../agent-ref.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import type { Column } from '../terminal/table.ts';

type PhoneNumber = ItemOf<'listPhoneNumbers'>;
type Offer = AnswerOf<'listPhoneNumberOffers'>['offers'][number];

const COLUMNS: readonly Column<PhoneNumber>[] = [
  { name: 'number', of: ({ phoneNumber }) => phoneNumber },
  { name: 'provider', of: ({ provider }) => provider },
  { name: 'status', of: ({ status }) => status },
  { name: 'country', of: ({ country }) => country, isSpare: true },
  { name: 'type', of: ({ type }) => type, isSpare: true },
  { name: 'inbound', of: ({ inboundAgentId }) => inboundAgentId },
  { name: 'outbound', of: ({ outboundAgentIds }) => outboundAgentIds.length, isNumber: true, isSpare: true },
];

const OFFER_COLUMNS: readonly Column<Offer>[] = [
  { name: 'number', of: ({ phoneNumber }) => phoneNumber },
  { name: 'provider', of: ({ provider }) => provider },
  { name: 'country', of: ({ country }) => country },
  { name: 'type', of: ({ type }) => type },
  { name: 'place', of: ({ locality, region }) => [locality, region].filter((part) => part !== null).join(', ') },
];

interface PlaceOptions extends CommonOptions {
  readonly provider?: string;
  readonly country: string;
  readonly type?: string;
  readonly area?: string;
}

interface DirectionOptions extends CommonOptions {
  readonly outbound?: true;
  readonly replaces?: string;
}

/** `oratio numbers …`: telephone numbers. */
export const numberCommands: Commands = (program, tools) => {
  const numbers = program.command('numbers').description('telephone numbers: find, claim, assign, release');
  listingCommands(numbers, tools);
  assignmentCommands(numbers, tools);
};

function listingCommands(numbers: Command, tools: Tools): void {
  numbers
    .command('list')
    .description('list numbers, available and assigned')
    .option('--status <status>', 'only numbers in this status')
    .option('--provider <provider>', 'twilio or connect')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions & { status?: string; provider?: string }>();
      const { client } = await tools.account(options);
      const { status, provider } = options;
      const query = defined({ status, provider, limit: 100 }) as QueryOf<'listPhoneNumbers'>;
      const found: PhoneNumber[] = [];
      for await (const one of client.items('listPhoneNumbers', { query, signal: tools.io.signal })) found.push(one);
      printerOf(tools.io, options).list(COLUMNS, found);
    });
  numbers
    .command('sync')
    .description('bring the list up to date with Twilio and Amazon Connect')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client } = await tools.account(options);
      const { data } = await client.call('syncPhoneNumbers', { signal: tools.io.signal });
      printerOf(tools.io, options).list(
        [
          { name: 'provider', of: ([name]) => name },
          { name: 'status', of: ([, { status }]) => status },
          { name: 'numbers', of: ([, outcome]) => outcome.numbers, isNumber: true },
          { name: 'added', of: ([, { added }]) => added, isNumber: true },
          { name: 'vanished', of: ([, { vanished }]) => vanished, isNumber: true },
          { name: 'detail', of: ([, { detail }]) => detail },
        ],
        [['twilio', data.twilio] as const, ['connect', data.connect] as const],
      );
    });
  placed(numbers.command('search').description('numbers that can be had')).action(async (_, command: Command) => {
    const options = command.optsWithGlobals<PlaceOptions>();
    const { client } = await tools.account(options);
    const query = placeOf(options) as QueryOf<'listPhoneNumberOffers'>;
    const { data } = await client.call('listPhoneNumberOffers', { query, signal: tools.io.signal });
    printerOf(tools.io, options).list(OFFER_COLUMNS, data.offers);
  });
}

const placed = (command: Command): Command =>
  command
    .requiredOption('--country <code>', 'two capital letters: US, GB, DE')
    .option('--provider <provider>', 'twilio or connect')
    .option('--type <type>', 'local, mobile or toll-free')
    .option('--area <digits>', 'area code');

const placeOf = ({ provider, country, type, area }: PlaceOptions): object =>
  defined({ provider, country, type, areaCode: area });

const defined = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function assignmentCommands(numbers: Command, tools: Tools): void {
  placed(numbers.command('claim [number]').description('get a number: one of the search, or the first that can be had'))
    .addHelpText('after', examples('oratio numbers claim --country US --area 206'))
    .action(async (phoneNumber: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<PlaceOptions>();
      const { client } = await tools.account(options);
      const body = defined({ ...placeOf(options), phoneNumber }) as BodyOf<'claimPhoneNumber'>;
      const { data } = await client.call('claimPhoneNumber', { body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.phoneNumber}\n`);
    });
  numbers
    .command('assign <number> <agent>')
    .description('let an agent answer a number; with --outbound let it call from there')
    .option('--outbound', 'it may call from the number')
    .option('--replaces <agent>', 'the agent that answers now')
    .action(async (phoneNumber: string, reference: string, _, command: Command) => {
      const options = command.optsWithGlobals<DirectionOptions>();
      const { client } = await tools.account(options);
      const agentId = await agentIdOf(client, reference);
      const replaces = options.replaces === undefined ? undefined : await agentIdOf(client, options.replaces);
      const body = { agentId, direction: directionOf(options), ...(replaces === undefined ? {} : { replaces }) };
      const { data } = await client.call('assignPhoneNumber', { path: { phoneNumber }, body, signal: tools.io.signal });
      printerOf(tools.io, options).value(data, `${data.status}\n`);
    });
  numbers
    .command('free <number> [agent]')
    .description('end an assignment')
    .option('--outbound', 'the one for calling; needs the agent')
    .action(async (phoneNumber: string, reference: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<DirectionOptions>();
      const { client } = await tools.account(options);
      const agentId = reference === undefined ? undefined : await agentIdOf(client, reference);
      const query = { direction: directionOf(options), ...(agentId === undefined ? {} : { agentId }) };
      await client.call('freePhoneNumber', { path: { phoneNumber }, query, signal: tools.io.signal });
    });
  numbers
    .command('release <number>')
    .description('give a claimed number back to its provider')
    .action(async (phoneNumber: string, _, command: Command) => {
      const { client } = await tools.account(command.optsWithGlobals<CommonOptions>());
      await client.call('releasePhoneNumber', { path: { phoneNumber }, signal: tools.io.signal });
    });
}

const directionOf = ({ outbound }: DirectionOptions): 'inbound' | 'outbound' => (outbound ? 'outbound' : 'inbound');

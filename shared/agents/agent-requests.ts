import * as z from 'zod';
import { CHANNEL_TYPES } from '../channels/channel.ts';
import { wholeNumber } from '../http/query.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { MAX_FILE_BYTES } from '../knowledge/file-rules.ts';
import { AGENT_STATUSES, AGENT_TYPES, RESTING_STATUSES } from './agent.ts';
import {
  BusinessContext,
  BusinessType,
  CharacterConfig,
  Description,
  PausedNotice,
  ReplyEngine,
  RequestedChannels,
  words,
} from './business-requests.ts';

/** An agent row must stay well below DynamoDB's 400 KB, and an SOP within the AgentCreator's context. */
const MAX_SOP_BYTES = 100_000;
const MAX_DESCRIPTION_LENGTH = 4_000;

export const AgentName = words()
  .trim()
  .min(1, 'The name is empty.')
  .max(100)
  .refine((name) => !/\p{Cc}/u.test(name), { error: 'A name has no control characters.' })
  .meta({ description: 'Shown to people; need not be unique.', example: 'Cozy Comfort service' });

const AgentType = z.enum(AGENT_TYPES).meta({ description: 'Which channels the agent serves.', example: 'both' });

export const Sop = words()
  .refine((sop) => sop.trim() !== '', {
    error: 'The SOP is empty.',
    params: { problem: 'sop-empty' satisfies ProblemCode },
    abort: true,
  })
  .refine((sop) => Buffer.byteLength(sop) <= MAX_SOP_BYTES, {
    error: `An SOP has at most ${MAX_SOP_BYTES} bytes.`,
    params: { problem: 'sop-too-long' satisfies ProblemCode },
  })
  .meta({
    description: `The standard operating procedure in plain text or Markdown, at most ${MAX_SOP_BYTES} bytes.`,
    example: '1. Greet the customer.\n2. Answer questions about our products from the catalogue.',
  });

const KnowledgeBaseDescription = words().max(MAX_DESCRIPTION_LENGTH).meta({
  description: 'When the agent should look something up.',
  example: 'Products, prices, shipping and returns.',
});

const HumanHandoffDescription = words()
  .max(MAX_DESCRIPTION_LENGTH)
  .meta({ description: 'When a person must take over.', example: 'Complaints and refunds above 200 euros.' });

/** Checked by hand (`readDescriptions`): a schema that recurses could be driven arbitrarily deep. */
const Descriptions = z.unknown().meta({
  description: 'Nested: a folder is an object, a file is its description. In a form, this is a JSON string.',
  type: 'object',
  additionalProperties: true,
  example: { products: { 'catalogue.pdf': 'All products with prices' }, 'faq.md': 'Frequent questions' },
});

const DeclaredFile = z.strictObject({
  path: z.string().meta({ description: 'Relative, with slashes.', example: 'products/catalogue.pdf' }),
  sizeBytes: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .meta({ description: `Exactly as it will be uploaded; at most ${MAX_FILE_BYTES}.`, example: 48_211 }),
});

const DeclaredFiles = z
  .array(DeclaredFile)
  .max(1_000)
  .meta({ description: 'Files to be uploaded with the forms of the answer.' });

/** What the business says of itself; all of it may be left out. */
const BUSINESS = {
  description: Description.optional(),
  businessType: BusinessType.optional(),
  characterConfig: CharacterConfig.optional(),
  context: BusinessContext.optional(),
  replyEngine: ReplyEngine.optional(),
  pausedNotice: PausedNotice.optional(),
} as const;

const OWN_WORDS_OR_CHARACTER = {
  path: ['sop'],
  error: 'Send an SOP, or a characterConfig that one is made of.',
  // Told together with whatever else is wrong.
  when: ({ value }: z.core.ParsePayload) => typeof value === 'object' && value !== null,
};

const hasSop = ({ sop, characterConfig }: { readonly sop?: unknown; readonly characterConfig?: unknown }): boolean =>
  sop !== undefined || characterConfig !== undefined;

const CREATED = {
  ...BUSINESS,
  agentName: AgentName,
  agentType: AgentType,
  sop: Sop.optional(),
  knowledgeBaseDescription: KnowledgeBaseDescription.default(''),
  humanHandoffDescription: HumanHandoffDescription.default(''),
  folderFileDescriptions: Descriptions.optional(),
  files: DeclaredFiles.default([]),
} as const;

/** Body of `POST /agents`: JSON, or the same fields as a form with the files themselves in `files`. */
export const CreateAgentBody = z
  .strictObject({ ...CREATED, channels: RequestedChannels.default([]) })
  .refine(hasSop, OWN_WORDS_OR_CHARACTER)
  .meta({ id: 'CreateAgent' });
export type CreateAgentBody = z.output<typeof CreateAgentBody>;

/** The whole agent as `PUT /agents/{agentId}` takes it; its channels have an address of their own. */
export const WholeAgent = z.strictObject(CREATED).refine(hasSop, OWN_WORDS_OR_CHARACTER);
export type WholeAgent = z.output<typeof WholeAgent>;

const SHORT_FORM = {
  name: AgentName.optional().meta({ description: 'Short form: only the name changes.' }),
  status: z.enum(RESTING_STATUSES).optional().meta({
    description: 'Short form: `active` starts or resumes, `paused` pauses, `stopped` stops.',
  }),
} as const;

/** Whether a `PUT` is the short form `{name, status}`, which changes nothing else. */
export const isShortForm = (body: { readonly name?: unknown; readonly status?: unknown }): boolean =>
  body.name !== undefined || body.status !== undefined;

/** Body of `PUT /agents/{agentId}`: `{name, status}`, or the whole agent. */
export const ReplaceAgentBody = z
  .strictObject({
    ...BUSINESS,
    ...SHORT_FORM,
    agentName: AgentName.optional(),
    agentType: AgentType.optional(),
    sop: Sop.optional(),
    knowledgeBaseDescription: KnowledgeBaseDescription.optional(),
    humanHandoffDescription: HumanHandoffDescription.optional(),
    folderFileDescriptions: Descriptions.optional(),
    files: DeclaredFiles.optional(),
  })
  .superRefine((body, context) => {
    const tell = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (isShortForm(body)) {
      const others = Object.entries(body).filter(([name, value]) => !(name in SHORT_FORM) && value !== undefined);
      for (const [name] of others) tell(name, 'Does not go together with `name` and `status`.');
      return;
    }
    if (body.agentName === undefined) tell('agentName', 'Expected string.');
    if (body.agentType === undefined) tell('agentType', 'Expected a type of agent.');
    if (!hasSop(body)) tell('sop', OWN_WORDS_OR_CHARACTER.error);
  })
  .meta({
    id: 'ReplaceAgent',
    description: 'Either `name` and `status` alone, or the whole agent with `agentName`, `agentType` and an SOP.',
  });
export type ReplaceAgentBody = z.output<typeof ReplaceAgentBody>;

const RemoveFiles = z
  .array(z.string().max(512))
  .max(1_000)
  .meta({ description: 'Paths of files to forget. In a form, this is a JSON string.', example: ['products/old.pdf'] });

/** Body of `PATCH /agents/{agentId}`: what is absent stays as it is. */
export const UpdateAgentBody = z
  .strictObject({
    ...BUSINESS,
    agentName: AgentName.optional(),
    agentType: AgentType.optional(),
    sop: Sop.optional(),
    knowledgeBaseDescription: KnowledgeBaseDescription.optional(),
    humanHandoffDescription: HumanHandoffDescription.optional(),
    folderFileDescriptions: Descriptions.optional(),
    files: DeclaredFiles.default([]),
    removeFiles: RemoveFiles.default([]),
  })
  .meta({ id: 'UpdateAgent' });
export type UpdateAgentBody = z.output<typeof UpdateAgentBody>;

/** Query of `GET /agents`. */
export const ListAgentsQuery = z.strictObject({
  status: z.enum(AGENT_STATUSES).optional().meta({ description: 'Only agents in this status.' }),
  channel: z.enum(CHANNEL_TYPES).optional().meta({ description: 'Only agents with this channel, however it stands.' }),
  agentType: z.enum(AGENT_TYPES).optional().meta({ description: 'Only agents of this type.' }),
  limit: wholeNumber(1, 100).default(20).meta({
    description: 'Agents a page; 20 unless stated. With `channel` or `agentType` a page may have fewer, or none.',
  }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before.' }),
  skip: wholeNumber(0, 1_000).optional().meta({ description: 'For older clients; use `cursor`.', deprecated: true }),
});
export type ListAgentsQuery = z.output<typeof ListAgentsQuery>;

/** Query of `GET /agents/{agentId}/versions`. */
export const ListAgentVersionsQuery = z.strictObject({
  limit: wholeNumber(1, 20).default(20).meta({ description: 'Versions a page; 20 unless stated.' }),
  cursor: wholeNumber(1, 999_999).optional().meta({ description: '`nextCursor` of the page before.' }),
});

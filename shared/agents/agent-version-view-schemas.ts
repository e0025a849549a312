import * as z from 'zod';

/** Versions, runs and attempts count from one. */
const Count = z.int().min(1);
const UnixSeconds = z.int().meta({ description: 'Unix seconds.', example: 1_795_000_000 });

/** `active` answers; `approved` did or could; `building` is under way; `rejected` never passed the code checker. */
const AGENT_VERSION_STATUSES = ['active', 'approved', 'building', 'rejected'] as const;

export const AgentVersionSummaryView = z
  .object({
    version: Count,
    status: z
      .enum(AGENT_VERSION_STATUSES)
      .meta({ description: '`active` answers; `rejected` never passed the code checker.' }),
    approvedAt: UnixSeconds.nullable().meta({
      description: 'When the code checker approved it; null where it did not.',
    }),
    attempts: z.int().min(0).meta({ description: 'How often the AgentCreator wrote it, over all runs.' }),
  })
  .meta({ id: 'AgentVersionSummary' });

export const AgentVersionListView = z
  .object({
    versions: z.array(AgentVersionSummaryView).meta({ description: 'Newest first.' }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AgentVersionList' });

const FindingView = z
  .object({
    rule: z.string().meta({ example: 'types' }),
    message: z.string(),
    file: z.string().nullable(),
    line: Count.nullable(),
    column: Count.nullable(),
    severity: z.enum(['error', 'warning']).meta({ description: 'Errors reject an attempt; warnings do not.' }),
  })
  .meta({ id: 'Finding' });

/** Where a clause went: a line of the prompt, a tool of the agent, or what the code checker tried it with. */
export const ClausePlaceView = z
  .object({
    kind: z.enum(['prompt', 'tool', 'test']),
    name: z.string().meta({ description: 'The part of the prompt, or the tool.', example: 'order_status' }),
    text: z.string(),
  })
  .meta({ id: 'ClausePlace' });

export const AgentVersionView = AgentVersionSummaryView.extend({
  agentId: z.uuid(),
  clauses: z
    .array(
      z.object({
        id: z.string().meta({ example: 'c7' }),
        heading: z.string().nullable(),
        text: z.string(),
        places: z.array(ClausePlaceView).meta({ description: 'Empty: the AgentCreator drew nothing from it.' }),
      }),
    )
    .meta({ description: 'The SOP as the AgentCreator numbered it.' }),
  code: z
    .string()
    .nullable()
    .meta({ description: '`agent_file.ts`; of a rejected version, that of its last attempt.' }),
  prompt: z.string().nullable().meta({ description: '`prompt.md`; likewise.' }),
  checks: z
    .array(
      z.object({
        run: Count,
        attempt: Count,
        verdict: z.enum(['approved', 'rejected']),
        checkedAt: UnixSeconds,
        findings: z.array(FindingView),
      }),
    )
    .meta({ description: 'What the code checker said, attempt by attempt, oldest first.' }),
}).meta({ id: 'AgentVersion' });

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AGENT_STATUSES,
  AGENT_TRANSITIONS,
  type Agent,
  type AgentTransition,
  LIFECYCLE_ACTIONS,
  type RestingStatus,
  statusAfter,
} from '../../shared/agents/agent.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { answeringOf, standingOf } from '../../shared/agents/answering.ts';
import { moveOf } from '../../shared/agents/control-agent.ts';
import { servingAgent, startTables, TABLES } from '../access/support/tables.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b11';
const NAMES = Object.keys(AGENT_TRANSITIONS) as AgentTransition[];

type Standing = Pick<Agent, 'status' | 'restsIn'>;

/** An owner's action on an agent that is being updated says where the update leads. */
const leads = ({ status, restsIn }: Standing, name: AgentTransition) =>
  status === 'updating' && restsIn !== undefined ? LIFECYCLE_ACTIONS.find((one) => one === name) : undefined;

/** What the list of transitions makes of a status; undefined where it has no such line. */
const model = (standing: Standing, name: AgentTransition): Standing | undefined => {
  const { from, to } = AGENT_TRANSITIONS[name];
  const isLead = leads(standing, name) !== undefined;
  const found = isLead ? (standing.restsIn ?? '') : standing.status;
  if (!(from as readonly string[]).includes(found)) return undefined;
  return isLead ? { status: 'updating', restsIn: to as RestingStatus } : statusAfter(standing, name);
};

describe('the status of an agent', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  beforeAll(async () => {
    world = await startTables();
  });
  afterAll(() => world?.stop());

  it('is in the table what the one list of transitions says, whatever is done to it in whatever order', async () => {
    const store = dynamoAgentStore({ ...TABLES, KNOWLEDGE_BASES_TABLE: 'none' }, world.client);
    const steps = fc.array(fc.constantFrom(...NAMES.filter((name) => name !== 'retire')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, async (names) => {
        const agent = servingAgent(AGENT);
        await world.putAgent({ ...agent, statusKey: `active#${AGENT}` } as Agent);
        let expected: Standing = { status: 'active' };
        for (const name of names) {
          const next = model(expected, name);
          const action = leads(expected, name);
          const { written } = action
            ? await store.control(agent, action, {}, { now: 2 })
            : await store.transition(agent, name, {}, { now: 2 });
          expect([name, expected, written]).toEqual([name, expected, next !== undefined]);
          expected = next ?? expected;
          const { status, restsIn } = (await store.find(agent)) ?? agent;
          expect({ status, ...(restsIn === undefined ? {} : { restsIn }) }).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('answers when it is active, or rests there while it is being updated, and never otherwise', () => {
    const statuses = fc.constantFrom(...AGENT_STATUSES);
    const rests = fc.constantFrom('active' as const, 'paused' as const, 'stopped' as const);
    fc.assert(
      fc.property(statuses, rests, (status, restsIn) => {
        const agent = servingAgent(AGENT, { status, ...(status === 'updating' ? { restsIn } : {}) });
        const answers = status !== 'deleting' && standingOf(agent) === 'active';
        expect(answeringOf(agent).answers).toBe(answers);
      }),
    );
    expect(answeringOf(undefined)).toEqual({ answers: false, reason: 'gone' });
    const { runtime: _none, ...young } = servingAgent(AGENT, { status: 'creating' });
    expect(answeringOf(young)).toEqual({ answers: false, reason: 'not-ready' });
    expect(answeringOf(servingAgent(AGENT, { status: 'paused', notices: { paused: 'Back on Monday.' } }))).toEqual({
      answers: false,
      reason: 'paused',
      notice: 'Back on Monday.',
    });
  });

  it('moves along the table only: every other action is refused, or changes nothing', () => {
    const outcome = (status: Agent['status'], action: (typeof LIFECYCLE_ACTIONS)[number]): string => {
      try {
        return moveOf({ status, ...(status === 'updating' ? { restsIn: 'paused' as const } : {}) }, action);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const table = Object.fromEntries(
      AGENT_STATUSES.map((status) => [status, LIFECYCLE_ACTIONS.map((action) => outcome(status, action)).join(' ')]),
    );
    // start, stop, pause, resume
    expect(table).toEqual({
      creating: 'agent-busy agent-busy agent-busy agent-busy',
      active: 'there status status there',
      paused: 'lifecycle-not-allowed status there status',
      stopped: 'status there lifecycle-not-allowed lifecycle-not-allowed',
      updating: 'lifecycle-not-allowed rest there rest',
      failed: 'lifecycle-not-allowed lifecycle-not-allowed lifecycle-not-allowed lifecycle-not-allowed',
      deleting: 'lifecycle-not-allowed lifecycle-not-allowed lifecycle-not-allowed lifecycle-not-allowed',
    });
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_RULES } from '../../shared/connect/flow/action-rules.ts';
import { chatFlow, type FlowPlan, handoffFlow, voiceFlow } from '../../shared/connect/flow/contact-flows.ts';
import type { Flow, FlowAction } from '../../shared/connect/flow/flow-language.ts';
import { topicsOf } from '../../shared/connect/flow/topics.ts';
import { flowProblems } from '../../shared/connect/flow/validate-flow.ts';

const INSTANCE = 'arn:aws:connect:us-east-1:111122223333:instance/0f0e0d0c-1111-4222-8333-444455556666';
const PLAN: FlowPlan = {
  businessName: 'Cozy Comfort Bedding',
  topics: ['product inquiries', 'order status', 'returns and exchanges'],
  lambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:oratio-dev-answer-contact',
  hoursOfOperationArn: `${INSTANCE}/operating-hours/aaaa0000-1111-4222-8333-444455556666`,
  queueArn: `${INSTANCE}/queue/bbbb0000-1111-4222-8333-444455556666`,
};
const LEX = 'arn:aws:lex:us-east-1:111122223333:bot-alias/ABCDEFGHIJ/TSTALIASID';

const anyPlan: fc.Arbitrary<FlowPlan> = fc.record(
  {
    businessName: fc.string({ maxLength: 80 }),
    topics: fc.array(fc.string({ maxLength: 60 }), { maxLength: 12 }),
    lambdaArn: fc.constant(PLAN.lambdaArn),
    hoursOfOperationArn: fc.constant(PLAN.hoursOfOperationArn),
    queueArn: fc.constant(PLAN.queueArn),
    lexBotAliasArn: fc.constant(LEX),
  },
  { requiredKeys: ['businessName', 'topics', 'lambdaArn', 'hoursOfOperationArn', 'queueArn'] },
);
const anyFlow: fc.Arbitrary<Flow> = anyPlan.chain((plan) =>
  fc.constantFrom(voiceFlow(plan), chatFlow({ ...plan, account: 'an-agent' }), handoffFlow(plan)),
);

/** A valid flow with one of its actions at hand, to be damaged. */
const anyAction = anyFlow.chain((flow) =>
  fc.nat({ max: flow.Actions.length - 1 }).map((at) => ({ flow, at, action: flow.Actions[at] as FlowAction })),
);

const withAction = (flow: Flow, at: number, action: FlowAction | undefined): Flow => ({
  ...flow,
  Actions: action === undefined ? flow.Actions.toSpliced(at, 1) : flow.Actions.with(at, action),
});

const problemsOf = (flow: unknown): string[] => flowProblems(flow).map(({ path, message }) => `${path}: ${message}`);

describe('the flows of an agent', () => {
  it('are right, whatever a tenant calls its business and its topics', () => {
    fc.assert(
      fc.property(anyFlow, (flow) => {
        expect(problemsOf(flow)).toEqual([]);
      }),
    );
  });

  it('say the name of the business and offer its topics by key, and a person by 0', () => {
    const flow = voiceFlow(PLAN);
    const textOf = (id: string) => flow.Actions.find(({ Identifier }) => Identifier === id)?.Parameters.Text;
    expect({ greeting: textOf('greeting'), menu: textOf('menu') }).toEqual({
      greeting: 'Welcome to Cozy Comfort Bedding.',
      menu: 'For product inquiries, press 1. For order status, press 2. For returns and exchanges, press 3. To speak with a person, press 0. To end the call, press the star key.',
    });
  });

  it('listen by Lex where a bot is configured, with the keys as a way out', () => {
    const types = (flow: Flow) => [...new Set(flow.Actions.map(({ Type }) => Type))];
    expect({ keys: types(voiceFlow(PLAN)), lex: types(voiceFlow({ ...PLAN, lexBotAliasArn: LEX })) }).toEqual({
      keys: expect.not.arrayContaining(['ConnectParticipantWithLexBot']),
      lex: expect.arrayContaining(['ConnectParticipantWithLexBot', 'GetParticipantInput', 'TransferContactToQueue']),
    });
  });

  it('take nothing a tenant writes for a path of the language', () => {
    const flow = chatFlow({ ...PLAN, businessName: '$.Attributes.summary', account: 'an-agent' });
    expect(JSON.stringify(flow)).not.toContain('$.Attributes.summary');
  });
});

describe('the checker of flows', () => {
  it('finds a transition that leads nowhere', () => {
    fc.assert(
      fc.property(anyAction, ({ flow, at, action }) => {
        fc.pre(action.Transitions.NextAction !== undefined);
        const lost = { ...action, Transitions: { ...action.Transitions, NextAction: 'nowhere at all' } };
        expect(problemsOf(withAction(flow, at, lost))).toContain(
          `Actions[${at}].Transitions.NextAction: there is no action "nowhere at all"`,
        );
      }),
    );
  });

  it('finds that any action is missing, or is there twice', () => {
    fc.assert(
      fc.property(anyAction, fc.boolean(), ({ flow, at, action }, twice) => {
        const damaged = twice ? { ...flow, Actions: [...flow.Actions, action] } : withAction(flow, at, undefined);
        expect(problemsOf(damaged)).not.toEqual([]);
      }),
    );
  });

  it('finds that a required error has no branch, or an error has one that the type does not know', () => {
    fc.assert(
      fc.property(anyAction, fc.nat(), ({ flow, at, action }, pick) => {
        const { Errors = [] } = action.Transitions;
        const required = ACTION_RULES[action.Type]?.errors ?? [];
        fc.pre(required.length > 0);
        const gone = required[pick % required.length];
        const fewer = { ...action.Transitions, Errors: Errors.filter(({ ErrorType }) => ErrorType !== gone) };
        const foreign = { ErrorType: 'AgentError', NextAction: flow.StartAction };
        const more = { ...action.Transitions, Errors: [...Errors, foreign] };
        expect([
          problemsOf(withAction(flow, at, { ...action, Transitions: fewer })),
          problemsOf(withAction(flow, at, { ...action, Transitions: more })),
        ]).toEqual([
          expect.arrayContaining([
            `Actions[${at}].Transitions.Errors: ${action.Type} is missing required error ${gone}`,
          ]),
          expect.arrayContaining([`Actions[${at}].Transitions.Errors: ${action.Type} knows no error AgentError`]),
        ]);
      }),
    );
  });

  it('finds parameters that do not match the type: one too many, one gone, one of another kind', () => {
    fc.assert(
      fc.property(anyAction, fc.nat(), ({ flow, at, action }, pick) => {
        const names = Object.keys(action.Parameters);
        const name = names[pick % Math.max(1, names.length)];
        const damage: Record<string, unknown>[] = [{ ...action.Parameters, Surplus: 'x' }];
        if (name !== undefined) damage.push({ ...action.Parameters, [name]: 42 });
        const found = damage.map(
          (Parameters) => problemsOf(withAction(flow, at, { ...action, Parameters })).length > 0,
        );
        expect(found).toEqual(damage.map(() => true));
      }),
    );
  });

  it('finds a condition that is gone where the type demands it', () => {
    fc.assert(
      fc.property(anyAction, fc.nat(), ({ flow, at, action }, pick) => {
        fc.pre(['CheckHoursOfOperation', 'Loop', 'Wait'].includes(action.Type));
        const conditions = action.Transitions.Conditions ?? [];
        const Conditions = conditions.toSpliced(pick % conditions.length, 1);
        const damaged = withAction(flow, at, { ...action, Transitions: { ...action.Transitions, Conditions } });
        expect(problemsOf(damaged).some((problem) => problem.endsWith('has no branch'))).toBe(true);
      }),
    );
  });

  it('names what is wrong as AWS does, and finds loops that nobody leaves', () => {
    const again = (id: string, next: string) => ({
      Identifier: id,
      Type: 'MessageParticipant',
      Parameters: { Text: 'Hello', SSML: '<speak/>' },
      Transitions: { NextAction: next, Errors: [{ ErrorType: 'NoMatchingError', NextAction: next }] },
    });
    const flow = { Version: '2019-10-30', StartAction: 'a', Actions: [again('a', 'b'), again('b', 'a'), invented] };
    expect(problemsOf(flow)).toEqual([
      'Actions[0].Parameters: exactly one of Text, SSML and PromptId',
      'Actions[1].Parameters: exactly one of Text, SSML and PromptId',
      'Actions[2].Type: no type of action is called SetQueue',
      'Actions[0]: "a" never comes to an end',
      'Actions[1]: "b" never comes to an end',
      'Actions[2]: nothing leads to "c"',
    ]);
  });

  it('refuses what is no flow at all', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => flowProblems(value).length > 0));
  });
});

const invented = { Identifier: 'c', Type: 'SetQueue', Parameters: {}, Transitions: {} };

describe('the topics of an SOP', () => {
  it('are its headings, without those about the procedure itself', () => {
    const sop = `# Purpose
We help.
## Product Inquiries
Say what we have.
## 2. Order status:
1. Ask for the order number.
2. Look it up
### VIP orders
## Escalation to a human
## Product Inquiries`;
    expect(topicsOf(sop)).toEqual(['product Inquiries', 'order status', 'VIP orders']);
  });

  it('of the example are what its customers ask about, not what its agent keeps to', () => {
    expect(topicsOf(readFileSync('examples/cozy-comfort/sop.md', 'utf8'))).toEqual([
      'product questions',
      'order status',
      'returns and refunds',
      'damaged and lost parcels',
    ]);
  });

  it('are numbered lines where nothing else is a heading', () => {
    expect(topicsOf('1. Opening hours\nWe say when.\n2) Returns & exchanges\n3. Always be kind.')).toEqual([
      'opening hours',
      'returns & exchanges',
    ]);
  });

  it('are none where there are no headings', () => {
    expect(topicsOf('You answer questions about our bakery. Be kind.')).toEqual([]);
  });
});

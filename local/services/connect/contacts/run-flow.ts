import type { FlowAction, Transitions } from '../flow/flow-language.ts';
import { readFlow } from '../flow/flow-language.ts';
import { ACTIONS } from './actions.ts';
import { meets } from './conditions.ts';
import { isOver, type StoredContact } from './contact.ts';
import type { ContactDesk } from './contact-desk.ts';
import { dynamicValues, resolveParameters } from './dynamic-values.ts';
import type { Outcome } from './turn.ts';

/** A flow that goes round without ever waiting is ended. */
const MOST_STEPS = 2000;

/** Runs the contact's flow from where it stands until it ends, is queued, or the contact is over. */
export async function runFlow(desk: ContactDesk, id: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const contact = desk.contacts.require(id);
    if (isOver(contact) || contact.queue !== undefined || contact.run === undefined) return;
    const action = actionOf(desk, contact);
    if (action === undefined) return desk.end(id, 'CONTACT_FLOW_DISCONNECT');
    const outcome = await perform(desk, contact, action);
    // The cloud closes, or somebody has hung up: the flow stays where it is.
    if (desk.live(id).over.aborted || isOver(desk.contacts.require(id))) return;
    if (!advance(desk, id, action, outcome)) return;
  }
  desk.dependencies.context.log(`connect: the flow of contact ${id} takes more than ${MOST_STEPS} steps`);
  desk.end(id, 'CONTACT_FLOW_DISCONNECT');
}

/** The action a flow is at. */
export function actionOf(desk: ContactDesk, { instanceId, run }: StoredContact): FlowAction | undefined {
  if (run === undefined) return undefined;
  const flow = desk.dependencies.store.flows.find(instanceId, run.flowId);
  if (flow === undefined) return undefined;
  const { StartAction, Actions } = readFlow(flow.content);
  const wanted = run.actionId === '' ? StartAction : run.actionId;
  return Actions.find(({ Identifier }) => Identifier === wanted);
}

async function perform(desk: ContactDesk, contact: StoredContact, action: FlowAction): Promise<Outcome> {
  const run = ACTIONS[action.Type];
  if (run === undefined) {
    desk.dependencies.context.log(`connect: the embedded cloud does not run ${action.Type}; its error branch is taken`);
    return { kind: 'error', error: 'NoMatchingError', note: `${action.Type} is not served by the embedded cloud` };
  }
  try {
    const parameters = resolveParameters(action.Parameters ?? {}, dynamicValues(desk, contact));
    return await run({ desk, contact, action, parameters, live: desk.live(contact.id) });
  } catch (error) {
    return { kind: 'error', error: 'NoMatchingError', note: error instanceof Error ? error.message : String(error) };
  }
}

interface Branch {
  readonly next: string | undefined;
  readonly told: string;
}

function branchOf({ NextAction, Conditions = [], Errors = [] }: Transitions, outcome: Outcome): Branch {
  if (outcome.kind === 'next') return { next: NextAction, told: 'next' };
  const onError = (error: string): string | undefined =>
    Errors.find(({ ErrorType }) => ErrorType === error)?.NextAction;
  if (outcome.kind === 'error') {
    return { next: onError(outcome.error) ?? onError('NoMatchingError'), told: `error ${outcome.error}` };
  }
  if (outcome.kind !== 'condition') return { next: undefined, told: outcome.kind };
  const met = Conditions.find(({ Condition }) => meets(Condition, outcome.value));
  if (met) return { next: met.NextAction, told: `condition ${met.Condition.Operands.join(' ')}` };
  return { next: onError('NoMatchingCondition') ?? NextAction, told: 'error NoMatchingCondition' };
}

/** Writes down what happened and where the flow goes on; false when it does not. */
function advance(desk: ContactDesk, id: string, action: FlowAction, outcome: Outcome): boolean {
  const { next, told } = branchOf(action.Transitions ?? {}, outcome);
  const note = 'note' in outcome ? outcome.note : undefined;
  desk.change(id, ({ steps, run }) => ({
    steps: [...steps, { action: action.Identifier, type: action.Type, outcome: told, note }].slice(-200),
    ...(run === undefined || next === undefined ? {} : { run: { ...run, actionId: next } }),
  }));
  if (outcome.kind === 'flow') {
    desk.change(id, ({ run }) => (run === undefined ? {} : { run: { ...run, flowId: outcome.flowId, actionId: '' } }));
    return true;
  }
  if (outcome.kind === 'queued') return false;
  if (outcome.kind !== 'ended' && next !== undefined) return true;
  desk.end(id, 'CONTACT_FLOW_DISCONNECT');
  return false;
}

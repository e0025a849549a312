import type { ParameterValue } from '../flow/flow-language.ts';
import { isOpen } from './hours.ts';
import { invokeFunction } from './invoke-function.ts';
import { askBot, collectInput, playPrompt, playPrompts } from './participant-actions.ts';
import { type Action, failed, mapOf, NEXT, textOf } from './turn.ts';

const updateAttributes: Action = ({ desk, contact, parameters }) => {
  const related = textOf(parameters, 'TargetContact') === 'Related';
  const target = related ? contact.relatedContactId : contact.id;
  if (target === undefined) return failed('NoMatchingError', 'the contact has no related contact');
  desk.addAttributes(target, mapOf(parameters.Attributes));
  return NEXT;
};

const updateFlowAttributes: Action = ({ desk, contact, parameters }) => {
  const declared = parameters.FlowAttributes;
  const values = typeof declared === 'object' ? Object.entries(declared) : [];
  const added = values.map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value : (mapOf(value as ParameterValue).Value ?? '')] as const,
  );
  desk.change(contact.id, ({ run }) =>
    run === undefined
      ? {}
      : { run: { ...run, flowAttributes: { ...run.flowAttributes, ...Object.fromEntries(added) } } },
  );
  return NEXT;
};

const checkHours: Action = ({ desk, contact, parameters }) => {
  const { store } = desk.dependencies;
  const queue = contact.targetQueueId && store.queues.find(contact.instanceId, contact.targetQueueId);
  const wanted = textOf(parameters, 'HoursOfOperationId') || (queue ? queue.hoursOfOperationId : '');
  const hours = store.hours.find(contact.instanceId, wanted);
  if (hours === undefined)
    return failed('NoMatchingError', 'there are no such hours of operation, and no queue has any');
  return { kind: 'condition', value: isOpen(hours, desk.now) ? 'True' : 'False' };
};

const loop: Action = ({ desk, contact, action, parameters }) => {
  const passed = contact.run?.loops[action.Identifier] ?? 0;
  const done = passed >= Number(textOf(parameters, 'LoopCount'));
  desk.change(contact.id, ({ run }) =>
    // A loop that is done counts anew when the flow comes back to it.
    run === undefined ? {} : { run: { ...run, loops: { ...run.loops, [action.Identifier]: done ? 0 : passed + 1 } } },
  );
  return { kind: 'condition', value: done ? 'DoneLooping' : 'ContinueLooping' };
};

const wait: Action = async ({ contact, live, parameters }) => {
  const events = Object.values(parameters.Events ?? []).map(String);
  const bot = contact.participants.some(({ role, state }) => role === 'CUSTOM_BOT' && state !== 'left');
  if (events.includes('BotParticipantDisconnected') && !bot) return failed('ParticipantNotFound');
  const got = await live.next(Number(textOf(parameters, 'TimeLimitSeconds')) * 1000, events);
  return { kind: 'condition', value: got.kind === 'event' ? got.name : 'WaitCompleted' };
};

const setQueue: Action = ({ desk, contact, parameters }) => {
  const queue = desk.dependencies.store.queues.find(contact.instanceId, textOf(parameters, 'QueueId'));
  if (queue === undefined) return failed('NoMatchingError', 'there is no such queue');
  desk.change(contact.id, () => ({ targetQueueId: queue.id }));
  return NEXT;
};

const transferToQueue: Action = ({ desk, contact }) => {
  if (contact.targetQueueId === undefined) return failed('NoMatchingError', 'no queue was set');
  const queue = desk.dependencies.store.queues.find(contact.instanceId, contact.targetQueueId);
  if (queue === undefined) return failed('NoMatchingError', 'the queue is gone');
  return desk.enqueue(contact.id, queue.id, queue.maxContacts) ? { kind: 'queued' } : failed('QueueAtCapacity');
};

const transferToFlow: Action = ({ desk, contact, parameters }) => {
  const flow = desk.dependencies.store.flows.find(contact.instanceId, textOf(parameters, 'ContactFlowId'));
  if (flow?.status !== 'PUBLISHED') return failed('NoMatchingError', 'there is no such published flow');
  return { kind: 'flow', flowId: flow.id };
};

const checkMetric: Action = ({ desk, contact, parameters }) => {
  const waiting = contact.targetQueueId === undefined ? [] : desk.waitingIn(contact.targetQueueId);
  const oldestMs = desk.now - (waiting[0]?.queue?.enqueuedAtMs ?? desk.now);
  const metrics: Readonly<Record<string, number>> = {
    ContactsInQueue: waiting.length,
    OldestContactInQueueAgeSeconds: Math.round(oldestMs / 1000),
  };
  const value = metrics[textOf(parameters, 'MetricType')];
  // Agents of tests come when they are called: how many there are says nothing.
  return value === undefined ? failed('NoMatchingError') : { kind: 'condition', value: String(value) };
};

const updateData: Action = ({ desk, contact, parameters }) => {
  desk.change(contact.id, ({ name, languageCode }) => ({
    name: textOf(parameters, 'Name') || name,
    languageCode: textOf(parameters, 'LanguageCode') || languageCode,
  }));
  return NEXT;
};

const tag: Action = ({ desk, contact, parameters }) => {
  desk.change(contact.id, ({ tags }) => ({ tags: { ...tags, ...mapOf(parameters.Tags) } }));
  return NEXT;
};

/** Settings of recording, speech and logs, which nothing here could hear or see. */
const setting: Action = () => NEXT;

/** What the embedded cloud does for each type of action. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  MessageParticipant: playPrompt,
  MessageParticipantIteratively: playPrompts,
  GetParticipantInput: collectInput,
  ConnectParticipantWithLexBot: askBot,
  DisconnectParticipant: () => ({ kind: 'ended' }),
  EndFlowExecution: () => ({ kind: 'ended' }),
  Compare: ({ parameters }) => ({ kind: 'condition', value: textOf(parameters, 'ComparisonValue') }),
  CheckHoursOfOperation: checkHours,
  CheckMetricData: checkMetric,
  DistributeByPercentage: () => ({ kind: 'condition', value: String(Math.floor(Math.random() * 100)) }),
  Loop: loop,
  Wait: wait,
  TransferToFlow: transferToFlow,
  InvokeLambdaFunction: invokeFunction,
  UpdateContactAttributes: updateAttributes,
  UpdateFlowAttributes: updateFlowAttributes,
  UpdateContactTargetQueue: setQueue,
  TransferContactToQueue: transferToQueue,
  UpdateContactData: updateData,
  TagContact: tag,
  UpdateFlowLoggingBehavior: setting,
  UpdateContactRecordingBehavior: setting,
  UpdateContactRecordingAndAnalyticsBehavior: setting,
  UpdateContactTextToSpeechVoice: setting,
  UpdateContactEventHooks: setting,
  UpdateContactRoutingBehavior: setting,
};

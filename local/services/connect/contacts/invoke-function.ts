import type { FunctionResult } from '../../../core/service.ts';
import { CONNECT, type StoredContact } from './contact.ts';
import type { ContactDesk } from './contact-desk.ts';
import { failed, mapOf, NEXT, type Outcome, type Turn, textOf } from './turn.ts';

/** Most of a function's answer (administrator guide, "Invoke AWS Lambda functions"), in bytes. */
const MOST_ANSWER_BYTES = 32 * 1024;

/** The event that a function of a flow gets (administrator guide, "Example JSON request to a Lambda function"). */
function contactFlowEvent(desk: ContactDesk, contact: StoredContact, parameters: Readonly<Record<string, string>>) {
  const { store, context } = desk.dependencies;
  const queue = contact.targetQueueId && store.queues.find(contact.instanceId, contact.targetQueueId);
  const ContactData = {
    Attributes: contact.attributes,
    AwsRegion: context.region,
    Channel: contact.channel,
    ContactId: contact.id,
    CustomerEndpoint: contact.customer ?? null,
    CustomerId: null,
    Description: null,
    InitialContactId: contact.id,
    InitiationMethod: contact.initiation,
    InstanceARN: store.requireInstance(contact.instanceId).arn,
    LanguageCode: contact.languageCode,
    MediaStreams: { Customer: { Audio: null } },
    Name: contact.name ?? null,
    PreviousContactId: contact.id,
    Queue: queue ? { ARN: queue.arn, Name: queue.name, OutboundCallerId: null } : null,
    References: {},
    RelatedContactId: contact.relatedContactId ?? null,
    SegmentAttributes: { 'connect:Subtype': { ValueString: contact.subtype } },
    SystemEndpoint: contact.system ?? null,
    Tags: contact.tags,
  };
  return { Name: 'ContactFlowEvent', Details: { ContactData, Parameters: parameters } };
}

/** Calls the function as Connect does: within its seconds, its answer a flat map of texts of at most 32 KB. */
export const invokeFunction = async (turn: Turn): Promise<Outcome> => {
  const { desk, contact, parameters, live } = turn;
  const arn = textOf(parameters, 'LambdaFunctionARN');
  const event = JSON.stringify(contactFlowEvent(desk, contact, mapOf(parameters.LambdaInvocationAttributes)));
  const caller = callerOf(desk, contact, arn);
  if (textOf(parameters, 'InvocationType') === 'ASYNCHRONOUS') {
    desk.dependencies.lambda.invokeLater(arn, event, caller);
    return NEXT;
  }
  const limitMs = Number(textOf(parameters, 'InvocationTimeLimitSeconds') || '3') * 1000;
  const result = await inTime(desk, desk.dependencies.lambda.invoke(arn, event, caller), limitMs, live.over);
  if (result === undefined) return failed('NoMatchingError', `the function took more than ${limitMs} ms`);
  if (result.functionError) return failed('NoMatchingError', 'the function failed');
  const { ResponseType = 'STRING_MAP' } = mapOf(parameters.ResponseValidation);
  const external = readAnswer(result.payload, ResponseType);
  if (typeof external === 'string') return failed('NoMatchingError', external);
  desk.change(contact.id, ({ run }) => (run === undefined ? {} : { run: { ...run, external } }));
  return NEXT;
};

/** An association has put Connect into the function's policy; without one the template's own permission counts. */
function callerOf({ dependencies: { store } }: ContactDesk, { instanceId }: StoredContact, arn: string) {
  const associated = store.integrations(instanceId).some((one) => one.kind === 'LAMBDA_FUNCTION' && one.arn === arn);
  return associated ? undefined : { service: CONNECT, sourceArn: store.requireInstance(instanceId).arn };
}

async function inTime(
  desk: ContactDesk,
  invoked: Promise<FunctionResult>,
  limitMs: number,
  over: AbortSignal,
): Promise<FunctionResult | undefined> {
  const done = new AbortController();
  const late = desk.dependencies.context.clock.sleep(limitMs, AbortSignal.any([done.signal, over])).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([invoked, late]);
  } finally {
    done.abort();
  }
}

/** The answer's values, or what is wrong with it. */
function readAnswer(payload: string, type: string): Readonly<Record<string, unknown>> | string {
  if (Buffer.byteLength(payload) > MOST_ANSWER_BYTES) return 'the answer exceeds 32 KB';
  const answer = JSON.parse(payload) as unknown;
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return 'the answer is not an object';
  if (type === 'JSON') return answer as Record<string, unknown>;
  const flat = Object.values(answer).every((value) => typeof value === 'string');
  return flat ? (answer as Record<string, string>) : 'the answer is not a flat map of texts';
}

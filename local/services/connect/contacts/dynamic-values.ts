import type { Parameters, ParameterValue } from '../flow/flow-language.ts';
import type { StoredContact } from './contact.ts';
import type { ContactDesk } from './contact-desk.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a flow can refer to as `$.Name` (administrator guide, "List of available contact attributes and their JSONPath"). */
export function dynamicValues(desk: ContactDesk, contact: StoredContact): Values {
  const { store, context } = desk.dependencies;
  const { run, targetQueueId } = contact;
  const queue = targetQueueId === undefined ? undefined : store.queues.find(contact.instanceId, targetQueueId);
  return {
    Attributes: contact.attributes,
    External: run?.external ?? {},
    FlowAttributes: run?.flowAttributes ?? {},
    Lex: run?.lex ?? {},
    StoredCustomerInput: run?.storedInput,
    Channel: contact.channel,
    ContactId: contact.id,
    InitialContactId: contact.id,
    InstanceARN: store.requireInstance(contact.instanceId).arn,
    AwsRegion: context.region,
    LanguageCode: contact.languageCode,
    CustomerEndpoint: contact.customer ?? {},
    SystemEndpoint: contact.system ?? {},
    Queue: queue === undefined ? {} : { Name: queue.name, ARN: queue.arn },
    Name: contact.name,
    Tags: contact.tags,
  };
}

const PATH = /\$\.([A-Za-z]\w*)((?:\.[A-Za-z0-9_-]*[A-Za-z0-9_]|\['[^']+'\])*)/g;

function lookUp(values: Values, path: string): string {
  const keys = [...path.matchAll(/\.([\w-]+)|\['([^']+)'\]/g)].map(([, plain, quoted]) => plain ?? quoted ?? '');
  const found = keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
  if (found === undefined || found === null) return '';
  return typeof found === 'string' ? found : JSON.stringify(found);
}

/** A text with its references in place; what refers to nothing is empty. */
const resolveText = (text: string, values: Values): string =>
  text.replace(PATH, (whole, root: string) => (root in values ? lookUp(values, whole.slice(1)) : whole));

const resolve = (value: ParameterValue, values: Values): ParameterValue => {
  if (typeof value === 'string') return resolveText(value, values);
  if (Array.isArray(value)) return (value as readonly ParameterValue[]).map((item) => resolve(item, values));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [resolveText(key, values), resolve(item, values)]),
  );
};

export const resolveParameters = (parameters: Parameters, values: Values): Parameters =>
  resolve(parameters, values) as Parameters;

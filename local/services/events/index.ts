import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-eventbridge';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type CloudContext, type EventsService, type Json, type JsonObject } from '../../core/service.ts';
import { type EventTargets, makeDeliveries } from './deliveries.ts';
import { matchesPattern } from './pattern.ts';
import { type Rule, type RuleStore, ruleProvider, ruleStore } from './rules.ts';
import { targetInput } from './target-input.ts';

export type { EventTargets } from './deliveries.ts';

/** Entries of one PutEvents request (API reference, PutEvents). */
const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 262_144;

/** EventBridge's default bus: rules of the template, their targets, and events of the embedded services. */
export const makeEvents = (context: CloudContext, targets: EventTargets): EventsService => {
  const rules = ruleStore(context);
  const deliveries = makeDeliveries(context, targets);

  const publish = (event: JsonObject): string => {
    const id = randomUUID();
    const whole = { version: '0', id, ...event };
    for (const rule of rules.all()) {
      if (!rule.enabled || !rule.pattern || !matchesPattern(rule.pattern, whole)) continue;
      for (const target of rule.targets) {
        deliveries.deliver(`${id}.${rule.name}.${target.Id}`, rule, target, targetInput(rule, target, whole));
      }
    }
    return id;
  };
  const envelope = (source: string, detailType: string, detail: Json, resources: readonly string[]): JsonObject => ({
    'detail-type': detailType,
    source,
    account: context.accountId,
    // EventBridge gives whole seconds.
    time: new Date(context.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: context.region,
    resources: [...resources],
    detail,
  });

  const service = defineSchemaService({
    name: 'events',
    signingName: 'events',
    client,
    targetPrefix: 'AWSEvents',
    operations: {
      PutEvents: ({ Entries = [] }) => {
        requireRequest(Entries);
        const results = Entries.map((entry) => {
          const refused = refusalOf(entry);
          if (refused) return refused;
          const { Source = '', DetailType = '', Detail = '', Resources = [] } = entry;
          return { EventId: publish(envelope(Source, DetailType, JSON.parse(Detail) as Json, Resources)) };
        });
        return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length };
      },
      ListRules: ({ NamePrefix = '' }) => ({
        Rules: rules
          .all()
          .filter(({ name }) => name.startsWith(NamePrefix))
          .map(describeRule),
      }),
      DescribeRule: ({ Name = '' }) => describeRule(requireRule(rules, Name)),
      ListTargetsByRule: ({ Rule: name = '' }) => ({
        Targets: requireRule(rules, name).targets.map((target) => ({
          Id: target.Id,
          Arn: target.Arn,
          RoleArn: target.RoleArn,
          Input: target.Input,
          InputPath: target.InputPath,
        })),
      }),
    },
    needs: (operation, input: { Name?: string; Rule?: string }) => {
      const arn = `arn:aws:events:${context.region}:${context.accountId}`;
      const rule = input.Name ?? input.Rule;
      const resource = operation === 'PutEvents' ? `${arn}:event-bus/default` : `${arn}:rule/${rule ?? '*'}`;
      return [{ action: `events:${operation}`, resource }];
    },
    resources: [ruleProvider(context, rules)],
    inventory: async () => rules.all().map(({ arn }) => arn),
    close: deliveries.close,
  });
  return {
    ...service,
    resume: deliveries.resume,
    publish: ({ source, detailType, detail, resources = [] }) => {
      publish(envelope(source, detailType, detail, resources));
    },
  };
};

interface Entry {
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly EventBusName?: string | undefined;
}

const requireRequest = (entries: readonly Entry[]): void => {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(entries)) > MAX_REQUEST_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
};

/** Why a single entry of a batch is not taken; the others still are. */
const refusalOf = ({ Source, DetailType, Detail, EventBusName = 'default' }: Entry) => {
  if (!Source)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter Source is not valid. Reason: Source is a required argument.',
    };
  if (Source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!DetailType)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    };
  if (!isJsonObject(Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (EventBusName.split('/').at(-1) !== 'default') {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${EventBusName} does not exist.` };
  }
  return undefined;
};

const isJsonObject = (text: string | undefined): boolean => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

const requireRule = (rules: RuleStore, name: string): Rule => {
  const rule = rules.find(name);
  if (rule) return rule;
  throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
};

const describeRule = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.pattern && JSON.stringify(rule.pattern),
  State: rule.enabled ? ('ENABLED' as const) : ('DISABLED' as const),
  Description: rule.description,
  EventBusName: 'default',
});

import type { CloudContext, Json, JsonObject, ResourceProvider } from '../../core/service.ts';

/** A target as CloudFormation and the API spell it; what else they may hold is kept but not used. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly pattern?: JsonObject;
  readonly targets: readonly Target[];
}

export interface RuleStore {
  readonly find: (name: string) => Rule | undefined;
  readonly all: () => Rule[];
  readonly put: (rule: Rule) => void;
}

export const ruleStore = ({ store }: Pick<CloudContext, 'store'>): RuleStore => {
  const rules = store('events-rule');
  return {
    find: (name) => rules.get<Rule>(name),
    all: () => rules.list<Rule>().map(({ value }) => value),
    put: (rule) => rules.put(rule.name, rule),
  };
};

/** `AWS::Events::Rule` on the default bus. Rules on a schedule are kept but never fire. */
export const ruleProvider = (
  context: Pick<CloudContext, 'accountId' | 'region'>,
  rules: RuleStore,
): ResourceProvider => ({
  type: 'AWS::Events::Rule',
  ensure: async ({ physicalName, properties }) => {
    const name = typeof properties.Name === 'string' ? properties.Name : physicalName;
    const arn = `arn:aws:events:${context.region}:${context.accountId}:rule/${name}`;
    rules.put({
      name,
      arn,
      enabled: properties.State !== 'DISABLED',
      ...(typeof properties.Description === 'string' && { description: properties.Description }),
      ...(isObject(properties.EventPattern) && { pattern: properties.EventPattern }),
      targets: (properties.Targets ?? []) as unknown as Target[],
    });
    return { ref: name, attributes: { Arn: arn } };
  },
});

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

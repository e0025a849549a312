import type { Template } from './synthesized.ts';

export interface Statement {
  readonly actions: readonly string[];
  /** As text: `<Ref>`, `<Resource.Attribute>`, or the name of an export of the data stack. */
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

export interface FunctionPolicy {
  /** Without the stage's prefix: `create-agent`. */
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly environment: Readonly<Record<string, unknown>>;
}

interface FunctionProperties {
  readonly FunctionName: string;
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
}

interface RoleProperties {
  readonly Policies?: readonly Pick<PolicyProperties, 'PolicyDocument'>[];
}

interface PolicyProperties {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: {
    readonly Statement: readonly {
      readonly Action: string | readonly string[];
      readonly Resource: unknown;
      readonly Condition?: unknown;
    }[];
  };
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as object)[0] ?? ['', ''];
  if (name === 'Ref') return `<${argument}>`;
  if (name === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  if (name === 'Fn::Join') return argument[1].map(asText).join(argument[0]);
  return asText(argument);
}

/** What each function of a template may do, by all policies of its role. */
export function functionPolicies({ Resources }: Template): FunctionPolicy[] {
  const all = Object.values(Resources);
  const policies = all
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .map(({ Properties }) => Properties as unknown as PolicyProperties);
  const functions = all
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties as unknown as FunctionProperties);
  return functions.map((fn) => {
    const role = fn.Role['Fn::GetAtt'][0];
    const apart = policies.filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role));
    const within = (Resources[role]?.Properties as unknown as RoleProperties | undefined)?.Policies ?? [];
    return {
      name: fn.FunctionName.replace('oratio-dev-', ''),
      statements: [...apart, ...within].flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(statementOf)),
      environment: fn.Environment?.Variables ?? {},
    };
  });
}

const statementOf = (statement: PolicyProperties['PolicyDocument']['Statement'][number]): Statement => ({
  actions: listOf(statement.Action),
  resources: listOf(statement.Resource).map(asText),
  ...(statement.Condition === undefined ? {} : { conditions: statement.Condition }),
});

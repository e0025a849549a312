import * as client from '@aws-sdk/client-ssm';
import { defineSchemaService } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type DeclaredResource } from '../../core/service.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface StoredParameter {
  readonly name: string;
  readonly type: client.ParameterType;
  readonly value: string;
  readonly version: number;
  readonly changedAtMs: number;
}

/** Parameter Store without policies and history. */
export function makeSsm(context: Context): AwsService {
  const store = context.store('ssm');
  const arnOf = (name: string) =>
    `arn:aws:ssm:${context.region}:${context.accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  const nameOf = (id: string | undefined) => (id ?? '').replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter/, '');
  const find = (id: string | undefined) =>
    store.get<StoredParameter>(nameOf(id)) ?? store.get<StoredParameter>(nameOf(id).replace(/^\//, ''));
  const put = (name: string, type: client.ParameterType, value: string): StoredParameter => {
    const version = (find(name)?.version ?? 0) + 1;
    const parameter = { name, type, value, version, changedAtMs: context.clock.now() };
    store.put(name, parameter);
    return parameter;
  };
  const shown = (parameter: StoredParameter): client.Parameter => ({
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    ARN: arnOf(parameter.name),
    LastModifiedDate: new Date(parameter.changedAtMs),
  });
  return {
    ...defineSchemaService({
      name: 'ssm',
      signingName: 'ssm',
      targetPrefix: 'AmazonSSM',
      client,
      needs: (operation, input: { Name?: string; Names?: readonly string[]; Path?: string }) => {
        const names = [input.Name, input.Path, ...(input.Names ?? [])].filter((name) => name !== undefined);
        const resources = names.length === 0 ? ['*'] : names.map((name) => arnOf(nameOf(name)));
        return resources.map((resource) => ({ action: `ssm:${operation}`, resource }));
      },
      operations: {
        PutParameter: (input) => {
          const { Name = '', Type = 'String', Value = '', Overwrite = false } = input;
          if (find(Name) !== undefined && !Overwrite)
            throw new AwsError('ParameterAlreadyExists', 'The parameter already exists: set Overwrite to replace it.');
          return { Version: put(Name, Type, Value).version };
        },
        GetParameter: ({ Name }) => ({ Parameter: shown(find(Name) ?? missing(Name)) }),
        GetParameters: ({ Names = [] }) => ({
          Parameters: Names.flatMap((name) => find(name) ?? []).map(shown),
          InvalidParameters: Names.filter((name) => find(name) === undefined),
        }),
        GetParametersByPath: ({ Path = '/', Recursive = false }) => {
          const prefix = Path.endsWith('/') ? Path : `${Path}/`;
          const below = store.list<StoredParameter>(prefix).map(({ value }) => value);
          return {
            Parameters: below.filter(({ name }) => Recursive || !name.slice(prefix.length).includes('/')).map(shown),
          };
        },
        DeleteParameter: ({ Name }) => {
          store.delete((find(Name) ?? missing(Name)).name);
          return {};
        },
      },
      resources: [{ type: 'AWS::SSM::Parameter', ensure: async (resource) => ensure(resource) }],
    }),
    inventory: async () => store.list<StoredParameter>().map(({ value }) => arnOf(value.name)),
  };

  function ensure({ properties, physicalName }: DeclaredResource) {
    const {
      Name = physicalName,
      Type = 'String',
      Value = '',
    } = properties as unknown as client.PutParameterCommandInput;
    const known = find(Name);
    const parameter = known?.value === Value && known.type === Type ? known : put(Name, Type, Value);
    return { ref: parameter.name, attributes: { Type: parameter.type, Value: parameter.value } };
  }
}

const missing = (name: string | undefined): never => {
  throw new AwsError('ParameterNotFound', `There is no parameter ${name ?? ''}.`);
};

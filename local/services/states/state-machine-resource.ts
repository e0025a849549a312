import { readFileSync } from 'node:fs';
import type { CloudContext, DeclaredResource, Json, JsonObject, ResourceProvider } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import { parseDefinition } from './interpreter/index.ts';
import type { StatesStore } from './records.ts';

/** `AWS::StepFunctions::StateMachine`: standard workflows with a definition inline, as text or as an asset. */
export const stateMachineProvider = (
  context: Pick<CloudContext, 'accountId' | 'region' | 'clock'>,
  store: StatesStore,
): ResourceProvider => ({
  type: 'AWS::StepFunctions::StateMachine',
  ensure: async (resource) => {
    const { properties } = resource;
    if (properties.StateMachineType === 'EXPRESS') throw new RangeError('express workflows are not served');
    const name = textOf(properties.StateMachineName) ?? resource.physicalName;
    const arn = `arn:aws:states:${context.region}:${context.accountId}:stateMachine:${name}`;
    const definition = substituted(definitionText(resource), objectOf(properties.DefinitionSubstitutions));
    parseDefinition(definition);
    store.putMachine({
      arn,
      name,
      roleArn: textOf(properties.RoleArn) ?? '',
      definition,
      createdAtMs: store.machine(arn)?.createdAtMs ?? context.clock.now(),
    });
    return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
  },
});

const definitionText = ({ properties, assetPath }: DeclaredResource): string => {
  const { DefinitionString, Definition, DefinitionS3Location } = properties;
  if (typeof DefinitionString === 'string') return DefinitionString;
  if (Definition !== undefined) return JSON.stringify(Definition);
  const { Bucket, Key } = objectOf(DefinitionS3Location);
  const key = requireText(Key, 'DefinitionS3Location.Key');
  const path = assetPath(requireText(Bucket, 'DefinitionS3Location.Bucket'), key);
  if (path === undefined) throw new RangeError(`no asset for the definition ${key}`);
  return readFileSync(path, 'utf8');
};

/** Replaces `${Name}` as CloudFormation does: text within the definition's strings, numbers where they stand alone. */
const substituted = (definition: string, substitutions: JsonObject): string =>
  definition.replaceAll(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => {
    const value = substitutions[name];
    return value === undefined ? whole : escaped(value);
  });

const escaped = (value: Json): string =>
  typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const objectOf = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

import { createHash, randomInt, randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-secrets-manager';
import { defineSchemaService } from '../../core/schema-service.ts';
import {
  AwsError,
  type AwsService,
  type CloudContext,
  type DeclaredResource,
  type KeyValueStore,
} from '../../core/service.ts';
import { type GenerateSecretString, generateSecretString } from './generate-secret-string.ts';

type Context = Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'store'>;

interface SecretVersion {
  readonly versionId: string;
  readonly secretString?: string;
  /** Base64. */
  readonly secretBinary?: string;
  readonly createdAtMs: number;
}

interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
  readonly createdAtMs: number;
  readonly current: SecretVersion;
  readonly previous?: SecretVersion;
  /** Reads fail from the moment of deletion; the secret vanishes at this time. */
  readonly deletedAtMs?: number;
}

/** Secrets with a current and a previous version; no rotation, no replication. */
export function makeSecretsManager(context: Context): AwsService {
  const store = context.store('secretsmanager');
  const arnPrefix = `arn:aws:secretsmanager:${context.region}:${context.accountId}:secret:`;
  const find = (id: string | undefined) => findSecret(store, arnPrefix, id ?? '');
  const required = (id: string | undefined): StoredSecret => find(id) ?? missing();
  const readable = (id: string | undefined): StoredSecret => {
    const secret = required(id);
    if (secret.deletedAtMs === undefined) return secret;
    throw new AwsError('InvalidRequestException', 'This secret was marked for deletion.');
  };
  const save = (secret: StoredSecret): StoredSecret => {
    store.put(secret.name, secret);
    return secret;
  };
  const replaceValue = (id: string | undefined, value: Partial<SecretVersion>, token?: string) => {
    const secret = readable(id);
    return save({ ...secret, previous: secret.current, current: versionOf(value, context.clock.now(), token) });
  };
  return {
    ...defineSchemaService({
      name: 'secretsmanager',
      signingName: 'secretsmanager',
      targetPrefix: 'secretsmanager',
      client,
      needs: (operation, input: { SecretId?: string; Name?: string }) => {
        const id = input.SecretId ?? input.Name;
        const fallback = id?.startsWith('arn:') ? id : `${arnPrefix}${id}-*`;
        const action = operation === 'BatchGetSecretValue' ? 'GetSecretValue' : operation;
        return [{ action: `secretsmanager:${action}`, resource: id === undefined ? '*' : (find(id)?.arn ?? fallback) }];
      },
      operations: {
        CreateSecret: (input) => {
          if (find(input.Name))
            throw new AwsError('ResourceExistsException', `The secret ${input.Name} already exists.`);
          const now = context.clock.now();
          const secret = save({
            ...draft(arnPrefix, input.Name ?? '', now, versionOf(secretValueOf(input), now, input.ClientRequestToken)),
            ...(input.Description === undefined ? {} : { description: input.Description }),
            tags: input.Tags ?? [],
          });
          return identity(secret);
        },
        GetSecretValue: (input) => readValue(readable(input.SecretId), input.VersionStage, input.VersionId),
        PutSecretValue: (input) => ({
          ...identity(replaceValue(input.SecretId, secretValueOf(input), input.ClientRequestToken)),
          VersionStages: ['AWSCURRENT'],
        }),
        UpdateSecret: (input) => identity(replaceValue(input.SecretId, secretValueOf(input), input.ClientRequestToken)),
        DescribeSecret: ({ SecretId }) => describe(required(SecretId)),
        ListSecrets: () => ({ SecretList: store.list<StoredSecret>().map(({ value }) => describe(value)) }),
        DeleteSecret: (input) => {
          const secret = required(input.SecretId);
          const days = input.RecoveryWindowInDays ?? 30;
          const at = context.clock.now() + (input.ForceDeleteWithoutRecovery ? 0 : days * 86_400_000);
          if (input.ForceDeleteWithoutRecovery) store.delete(secret.name);
          else save({ ...secret, deletedAtMs: at });
          return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(at) };
        },
        RestoreSecret: ({ SecretId }) => {
          const { deletedAtMs: _, ...secret } = required(SecretId);
          return { ARN: save(secret).arn, Name: secret.name };
        },
        GetRandomPassword: (input) => ({ RandomPassword: generateSecretString(input, randomInt) }),
        TagResource: (input) => {
          save({ ...required(input.SecretId), tags: input.Tags ?? [] });
          return {};
        },
      },
      resources: [{ type: 'AWS::SecretsManager::Secret', ensure: async (resource) => ensure(resource) }],
    }),
    inventory: async () => store.list<StoredSecret>().map(({ value }) => value.arn),
  };

  /** A generated value is made once: a restart must not change what cursors were signed with. */
  function ensure({ properties, physicalName }: DeclaredResource) {
    const declared = properties as unknown as {
      Name?: string;
      Description?: string;
      SecretString?: string;
      GenerateSecretString?: GenerateSecretString;
    };
    const name = declared.Name ?? physicalName;
    const now = context.clock.now();
    const made = (): StoredSecret => {
      const secretString =
        declared.SecretString ?? generateSecretString(declared.GenerateSecretString ?? {}, randomInt);
      return draft(arnPrefix, name, now, versionOf({ secretString }, now));
    };
    const { deletedAtMs: _, ...known } = store.get<StoredSecret>(name) ?? made();
    const secret = save({
      ...known,
      ...(declared.Description === undefined ? {} : { description: declared.Description }),
    });
    return { ref: secret.arn, attributes: { Id: secret.arn } };
  }
}

/** AWS adds six characters to the name, so that a secret made anew under an old name is not the old one's. */
const draft = (arnPrefix: string, name: string, nowMs: number, current: SecretVersion): StoredSecret => ({
  arn: `${arnPrefix}${name}-${createHash('sha256').update(`${name}${nowMs}`).digest('base64url').replace(/[-_]/g, 'x').slice(0, 6)}`,
  name,
  tags: [],
  createdAtMs: nowMs,
  current,
});

/** By name, by full ARN, or by ARN without the six characters. */
function findSecret(store: KeyValueStore, arnPrefix: string, id: string): StoredSecret | undefined {
  if (!id.startsWith('arn:')) return store.get(id);
  const name = id.slice(arnPrefix.length);
  const secret = store.get<StoredSecret>(name.slice(0, -7)) ?? store.get<StoredSecret>(name);
  return secret?.arn === id || secret?.arn.slice(0, -7) === id ? secret : undefined;
}

const missing = (): never => {
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
};

const secretValueOf = (input: { SecretString?: string | undefined; SecretBinary?: Uint8Array | undefined }) => ({
  ...(input.SecretString === undefined ? {} : { secretString: input.SecretString }),
  ...(input.SecretBinary === undefined ? {} : { secretBinary: Buffer.from(input.SecretBinary).toString('base64') }),
});

const versionOf = (value: Partial<SecretVersion>, createdAtMs: number, token?: string): SecretVersion => ({
  ...value,
  versionId: token ?? randomUUID(),
  createdAtMs,
});

const identity = (secret: StoredSecret) => ({
  ARN: secret.arn,
  Name: secret.name,
  VersionId: secret.current.versionId,
});

function readValue(secret: StoredSecret, stage = 'AWSCURRENT', versionId?: string) {
  const versions = [
    { stage: 'AWSCURRENT', version: secret.current },
    { stage: 'AWSPREVIOUS', version: secret.previous },
  ];
  const found = versions.find((each) =>
    versionId === undefined ? each.stage === stage : each.version?.versionId === versionId,
  );
  if (found?.version === undefined) return missing();
  const { secretString, secretBinary, createdAtMs } = found.version;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: found.version.versionId,
    VersionStages: [found.stage],
    CreatedDate: new Date(createdAtMs),
    SecretString: secretString,
    SecretBinary: secretBinary === undefined ? undefined : Buffer.from(secretBinary, 'base64'),
  };
}

const describe = (secret: StoredSecret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  CreatedDate: new Date(secret.createdAtMs),
  DeletedDate: secret.deletedAtMs === undefined ? undefined : new Date(secret.deletedAtMs),
  Tags: secret.tags.map(({ Key, Value }) => ({ Key, Value })),
});

import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSecretString } from '../../../local/services/secretsmanager/generate-secret-string.ts';
import { makeSecretsManager } from '../../../local/services/secretsmanager/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
let secrets: SecretsManagerClient;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ secrets: makeSecretsManager(context) }));
  secrets = new SecretsManagerClient({ ...cloud.aws, maxAttempts: 1 });
});
afterEach(() => cloud.stop());

const read = async (SecretId: string, VersionStage?: string) =>
  (await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

describe('the embedded Secrets Manager', () => {
  it('makes a declared secret once and gives the same value after that', async () => {
    const declaration = {
      Name: 'oratio/cursor-key',
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    };
    const first = await cloud.declare('AWS::SecretsManager::Secret', 'Key', declaration);
    const value = await read(first.ref);
    const second = await cloud.declare('AWS::SecretsManager::Secret', 'Key', declaration);
    expect({ second, again: await read(second.ref), byName: await read('oratio/cursor-key') }).toEqual({
      second: first,
      again: value,
      byName: value,
    });
    expect([first.ref, value]).toEqual([
      expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:oratio\/cursor-key-\w{6}$/),
      expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    ]);
  });

  it('keeps the value before the current one', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'key', SecretString: 'one' }));
    await secrets.send(new PutSecretValueCommand({ SecretId: 'key', SecretString: 'two' }));
    expect([await read('key'), await read('key', 'AWSPREVIOUS')]).toEqual(['two', 'one']);
  });

  it('refuses what does not exist and what is marked for deletion', async () => {
    await expect(read('nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await secrets.send(new CreateSecretCommand({ Name: 'key', SecretString: 'one' }));
    await expect(secrets.send(new CreateSecretCommand({ Name: 'key' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    await secrets.send(new DeleteSecretCommand({ SecretId: 'key' }));
    await expect(read('key')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await secrets.send(new DeleteSecretCommand({ SecretId: 'key', ForceDeleteWithoutRecovery: true }));
    expect(await cloud.services.secrets?.inventory?.()).toEqual([]);
  });

  it('generates values of the length and the types asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 200 }), fc.integer(), (PasswordLength, seed) => {
        let state = seed;
        const below = (limit: number) => {
          state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
          return state % limit;
        };
        const text = generateSecretString({ PasswordLength, ExcludeCharacters: 'a"' }, below);
        return (
          text.length === PasswordLength &&
          /[b-z]/.test(text) &&
          /[A-Z]/.test(text) &&
          /\d/.test(text) &&
          !/[a"]/.test(text)
        );
      }),
    );
  });
});

import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSts } from '../../../local/services/sts/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ sts: makeSts(context) }));
});
afterEach(() => cloud.stop());

describe('the embedded STS', () => {
  it('gives the credentials of a role, and says whose they are', async () => {
    const sts = new STSClient({ ...cloud.aws, maxAttempts: 1 });
    const RoleArn = 'arn:aws:iam::111122223333:role/oratio/worker';
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const worker = new STSClient({ ...cloud.aws, credentials, maxAttempts: 1 });
    const { Account, Arn } = await worker.send(new GetCallerIdentityCommand({}));
    expect({ Account, Arn }).toEqual({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/worker/test',
    });
  });

  it('refuses a role that is none', async () => {
    const sts = new STSClient({ ...cloud.aws, maxAttempts: 1 });
    const request = new AssumeRoleCommand({ RoleArn: 'arn:aws:s3:::bucket-of-twenty', RoleSessionName: 'test' });
    await expect(sts.send(request)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

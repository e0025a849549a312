import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSsm } from '../../../local/services/ssm/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

let cloud: Embedded;
beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ ssm: makeSsm(context) }));
});
afterEach(() => cloud.stop());

describe('the embedded Parameter Store', () => {
  it('reads declared and put parameters, and names those that are not there', async () => {
    const ssm = new SSMClient({ ...cloud.aws, maxAttempts: 1 });
    await cloud.declare('AWS::SSM::Parameter', 'Stage', { Name: '/oratio/stage', Type: 'String', Value: 'dev' });
    await ssm.send(new PutParameterCommand({ Name: 'plain', Type: 'String', Value: 'one' }));
    await expect(ssm.send(new PutParameterCommand({ Name: 'plain', Value: 'two' }))).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
    });
    const { Parameters, InvalidParameters } = await ssm.send(
      new GetParametersCommand({ Names: ['/oratio/stage', 'plain', 'nothing'] }),
    );
    expect({ values: Parameters?.map(({ Value, Version }) => [Value, Version]), InvalidParameters }).toEqual({
      values: [
        ['dev', 1],
        ['one', 1],
      ],
      InvalidParameters: ['nothing'],
    });
  });
});

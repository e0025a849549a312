import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CloudClock } from '../../../local/core/service.ts';
import { makeLambda } from '../../../local/lambda/index.ts';
import { DEFAULT_LIMITS } from '../../../local/lambda/pool.ts';
import { type EmbeddedOptions, startEmbedded } from '../support/embedded.ts';

export const ROLE = 'arn:aws:iam::111122223333:role/worker';
/** A function whose event says what it shall do. */
export const CODE = `
  let warm = 0;
  import { appendFileSync } from 'node:fs';
  export const handler = async (event, context) => {
    warm += 1;
    if (event.note) appendFileSync(event.note, 'x');
    if (event.env) return Object.keys(process.env).sort();
    if (event.crash) process.exit(7);
    if (event.hang) return new Promise(() => setInterval(() => {}, 1000));
    if (event.time) return { new: new Date().getTime() - Date.now(), now: Date.now(), is: new Date() instanceof Date, remains: context.getRemainingTimeInMillis() };
    if (event.fail) throw new TypeError('it failed');
    return { warm, greeting: process.env.GREETING, id: context.awsRequestId.length };
  };
`;
let stop: (() => Promise<void>) | undefined;
/** Ends the cloud that was started last. */
export const stopEmbedded = async (): Promise<void> => stop?.();
/** Names what `stopEmbedded` ends. */
export const endsWith = (ending: () => Promise<void>): void => {
  stop = ending;
};

/** A cloud with Lambda alone, and the function `greet` in it. */
export async function embedded(
  clock?: CloudClock,
  limits = DEFAULT_LIMITS,
  rolePolicies?: NonNullable<EmbeddedOptions['rolePolicies']>,
) {
  const cloud = await startEmbedded((context) => ({ lambda: makeLambda(context, { limits }) }), {
    ...(clock ? { clock } : {}),
    ...(rolePolicies ? { rolePolicies } : {}),
  });
  stop = () => cloud.stop();
  const code = join(cloud.dataDir, 'asset');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), CODE);
  const declared = {
    FunctionName: 'greet',
    Code: { S3Bucket: 'assets', S3Key: 'k' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 1,
    Role: ROLE,
    Environment: { Variables: { GREETING: 'hello' } },
  };
  await cloud.declare('AWS::Lambda::Function', 'Greet', declared, code);
  const client = new LambdaClient({ ...cloud.aws, maxAttempts: 1 });
  const invoke = async (event: object) => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'greet', Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return {
      error: answer.FunctionError,
      payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, unknown>,
    };
  };
  return { cloud, client, invoke, note: join(cloud.dataDir, 'note') };
}

/** A second function, of another timeout or other settings, over the same code. */
export const declareFunction = (
  cloud: Pick<Awaited<ReturnType<typeof embedded>>['cloud'], 'declare' | 'dataDir'>,
  name: string,
  timeoutSeconds: number,
) =>
  cloud.declare(
    'AWS::Lambda::Function',
    name,
    {
      FunctionName: name,
      Code: { S3Bucket: 'assets', S3Key: 'k' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: timeoutSeconds,
      Role: ROLE,
    },
    join(cloud.dataDir, 'asset'),
  );

/** Until whoever is looked at has had time to go on. */
export const moment = () => new Promise((resolve) => setTimeout(resolve, 5));

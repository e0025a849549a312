import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testClock } from '../../../local/core/clock.ts';
import { makeLogs } from '../../../local/services/logs/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const DAY_MS = 86_400_000;

let cloud: Embedded;
let clock: ReturnType<typeof testClock>;
beforeEach(async () => {
  clock = testClock(Date.now());
  cloud = await startEmbedded((context) => ({ logs: makeLogs(context) }), { clock });
});
afterEach(() => cloud.stop());

describe('the embedded CloudWatch Logs', () => {
  it('keeps the events of a declared group for its retention', async () => {
    const logs = new CloudWatchLogsClient({ ...cloud.aws, maxAttempts: 1 });
    const logGroupName = '/aws/lambda/hello';
    const declared = await cloud.declare('AWS::Logs::LogGroup', 'Logs', {
      LogGroupName: logGroupName,
      RetentionInDays: 7,
    });
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }));
    const logEvents = ['first error', 'second'].map((message) => ({ timestamp: clock.now(), message }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'one', logEvents }));
    const messages = async (filterPattern?: string) =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }))).events?.map(
        ({ message }) => message,
      );
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    const [all, errors] = [await messages(), await messages('error')];
    await clock.advance(6 * DAY_MS);
    expect({ declared, all, errors, days: logGroups?.map(({ retentionInDays }) => retentionInDays) }).toEqual({
      declared: {
        ref: logGroupName,
        attributes: { Arn: `arn:aws:logs:us-east-1:111122223333:log-group:${logGroupName}:*` },
      },
      all: ['first error', 'second'],
      errors: ['first error'],
      days: [7],
    });
  });

  it('refuses streams and groups that do not exist', async () => {
    const logs = new CloudWatchLogsClient({ ...cloud.aws, maxAttempts: 1 });
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: 'nowhere' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import { stageConfig } from './config.ts';
import { ReviewedSolutionsChecks } from './kernel/acknowledge.ts';
import { AppStack } from './stacks/app-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ElizaStack } from './stacks/eliza-stack.ts';

/**
 * The whole app for the stage that the context names. Needs the built functions (`scripts/build.ts`), no account and
 * no network. Throws when the context is wrong, on the day `todayMs` (Unix milliseconds).
 */
export function oratioApp(props: AppProps, commitOfSource: () => string, todayMs: number): App {
  const app = new App(props);
  const context = (key: string): unknown => app.node.tryGetContext(key);
  const config = stageConfig(
    { stage: context('stage'), stages: context('stages'), commit: context('commit') },
    commitOfSource,
    todayMs,
  );
  Validations.of(app).addPlugins(new ReviewedSolutionsChecks(app));
  const data = new DataStack(app, 'Data', {
    config,
    stackName: `${config.prefix}-data`,
    description: 'Oratio: users, rows, objects and vectors.',
    terminationProtection: config.retainData,
  });
  const { elizaos } = config;
  const eliza =
    elizaos &&
    new ElizaStack(app, 'Eliza', {
      config,
      eliza: elizaos,
      stackName: `${config.prefix}-eliza`,
      description: 'Oratio: the ElizaOS server.',
    });
  new AppStack(app, 'App', {
    config,
    data,
    elizaServer: eliza?.server,
    stackName: `${config.prefix}-app`,
    description: 'Oratio: functions, workflows and the API.',
  });
  Tags.of(app).add('platform', 'oratio');
  Tags.of(app).add('environment', config.stage);
  return app;
}

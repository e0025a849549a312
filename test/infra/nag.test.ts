import { App, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, expect, test } from 'vitest';
import { acknowledgeWildcards, ReviewedSolutionsChecks } from '../../infra/kernel/acknowledge.ts';
import { stageApp } from './support/synthesized.ts';

let app: App;

beforeAll(async () => {
  app = await stageApp();
});

test('cdk-nag’s AwsSolutions finds nothing that is not acknowledged', () => {
  expect(new ReviewedSolutionsChecks(app).validateScope(app)).toEqual({ success: true, violations: [] });
});

test('every acknowledgement gives a reason', () => {
  const reasons = app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(data as Record<string, string>)),
    );
  expect(reasons.filter(([, reason]) => reason.length < 25)).toEqual([]);
  expect(reasons.length).toBeGreaterThan(20);
});

test('no rule is acknowledged for a whole stack', () => {
  const stacks = app.node.findAll().filter((construct) => Stack.isStack(construct) || App.isApp(construct));
  const metadata = stacks.flatMap(({ node }) => node.metadata.map(({ type }) => type));
  expect(metadata).not.toContain(Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
});

const role = (root: App): Role => {
  const made = new Role(new Stack(root, 'Stack'), 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  made.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::files/*'] }));
  return made;
};

const findings = (root: App) =>
  new ReviewedSolutionsChecks(root).validateScope(root).violations.map(({ ruleName }) => ruleName);

test('an open bucket and a wildcard that nobody explained are found; one that is explained is not', () => {
  const open = new App();
  new Bucket(new Stack(open, 'Stack'), 'Bucket');
  expect(findings(open)).toEqual(expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10']));
  const unexplained = new App();
  role(unexplained);
  expect(findings(unexplained)).toEqual(['AwsSolutions-IAM5[Resource::arn:aws:s3:::files/*]']);
  const explained = new App();
  acknowledgeWildcards(role(explained), ['arn:aws:s3:::files/*'], 'The files of the example.');
  expect(findings(explained)).toEqual([]);
});

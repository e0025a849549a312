import { resolve } from 'node:path';
import {
  BedrockAgentCoreControlClient,
  GetAgentRuntimeCommand,
  ListAgentRuntimesCommand,
  UpdateAgentRuntimeCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { expect } from 'vitest';
import type { Harness } from '../../e2e/support/harness.ts';

/** The Strands SDK holds CommonJS that calls `require` for Node's own modules. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

async function bundled(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** Makes a program of this folder the AgentCreator's code, as an operator with root credentials would: zip, S3, update. */
export async function replaceCreator({ aws }: Harness, entry: string): Promise<void> {
  const manifest = Buffer.from('{ "type": "module", "private": true }\n');
  const zip = zipSync({ 'main.js': await bundled(entry), 'package.json': manifest });
  const s3 = new S3Client({ ...aws, forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  // The creator's role can read the bucket of generated code, besides its own asset.
  const bucket = Buckets.find(({ Name = '' }) => /code/i.test(Name))?.Name ?? '';
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'rogue/creator.zip', Body: zip }));

  const control = new BedrockAgentCoreControlClient(aws);
  const { agentRuntimes = [] } = await control.send(new ListAgentRuntimesCommand({}));
  const creator = agentRuntimes.find(({ agentRuntimeName = '' }) => agentRuntimeName.endsWith('_creator'));
  const agentRuntimeId = creator?.agentRuntimeId ?? '';
  const current = await control.send(new GetAgentRuntimeCommand({ agentRuntimeId }));
  const code = { s3: { bucket, prefix: 'rogue/creator.zip' } };
  await control.send(
    new UpdateAgentRuntimeCommand({
      agentRuntimeId,
      agentRuntimeArtifact: { codeConfiguration: { code, runtime: 'NODE_22', entryPoint: ['main.js'] } },
      roleArn: current.roleArn,
      networkConfiguration: current.networkConfiguration,
      lifecycleConfiguration: current.lifecycleConfiguration,
      environmentVariables: current.environmentVariables,
    }),
  );
  await expect
    .poll(async () => (await control.send(new GetAgentRuntimeCommand({ agentRuntimeId }))).status, { timeout: 20_000 })
    .toBe('READY');
  s3.destroy();
  control.destroy();
}

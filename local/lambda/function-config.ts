import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { CloudContext, DeclaredResource, JsonObject } from '../core/service.ts';

/** A function as the template declares it. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  readonly codeDir: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly deadLetterArn?: string;
}

/** Lambda's defaults (API reference, `CreateFunction`). */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

interface DeclaredFunction {
  readonly FunctionName?: string;
  readonly Code: { readonly S3Bucket?: string; readonly S3Key?: string; readonly ZipFile?: string };
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly Timeout?: number | string;
  readonly MemorySize?: number | string;
  readonly Role: string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  readonly ReservedConcurrentExecutions?: number | string;
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
}

function unzip(archive: string, dir: string): string {
  if (existsSync(dir)) return dir;
  for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    const path = join(dir, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
  return dir;
}

function codeDirOf({ Code }: DeclaredFunction, resource: DeclaredResource, dataDir: string): string {
  if (Code.ZipFile !== undefined) {
    const dir = join(dataDir, 'code', resource.physicalName);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'index.js'), Code.ZipFile);
    return dir;
  }
  const path = resource.assetPath(Code.S3Bucket ?? '', Code.S3Key ?? '');
  if (path === undefined) throw new Error(`the assembly has no asset ${Code.S3Bucket}/${Code.S3Key}`);
  return statSync(path).isDirectory() ? path : unzip(path, join(dataDir, 'code', Code.S3Key ?? ''));
}

/** Throws for a runtime that is not Node.js and for code that is not in the assembly. */
export function readFunction(
  resource: DeclaredResource,
  { accountId, region, dataDir }: Pick<CloudContext, 'accountId' | 'region' | 'dataDir'>,
): FunctionConfig {
  const declared = resource.properties as JsonObject & DeclaredFunction;
  const name = declared.FunctionName ?? resource.physicalName;
  const runtime = declared.Runtime ?? '';
  if (!runtime.startsWith('nodejs')) throw new Error(`the runtime "${runtime}" is not served`);
  const variables = Object.entries(declared.Environment?.Variables ?? {});
  return {
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    codeDir: codeDirOf(declared, resource, dataDir),
    handler: declared.Handler ?? 'index.handler',
    runtime,
    timeoutSeconds: Number(declared.Timeout ?? DEFAULT_TIMEOUT_SECONDS),
    memoryMb: Number(declared.MemorySize ?? DEFAULT_MEMORY_MB),
    roleArn: declared.Role,
    environment: Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
    ...(declared.ReservedConcurrentExecutions === undefined
      ? {}
      : { reservedConcurrency: Number(declared.ReservedConcurrentExecutions) }),
    ...(declared.DeadLetterConfig?.TargetArn ? { deadLetterArn: declared.DeadLetterConfig.TargetArn } : {}),
  };
}

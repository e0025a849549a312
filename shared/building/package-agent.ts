import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';

export interface AgentPackage {
  /** The prebuilt host by path: `main.js`, `node_modules/@oratio/agent-kit/…`. */
  readonly runtimeFiles: Readonly<Record<string, Uint8Array>>;
  /** Checked and transpiled. */
  readonly agentModule: string;
  readonly prompt: string;
  readonly specification: string;
}

export interface PackagedAgent {
  readonly zip: Uint8Array;
  /** Lower-case hex SHA-256 of the zip: equal inputs give equal bytes. */
  readonly sha256: string;
}

/** The earliest time a zip entry can carry, in local time as the format wants it. */
const FIXED_MTIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file that everybody may read: AgentCore runs it as another user. */
const READABLE_FILE = 0o100644 << 16;

/** Joins the host and a generated agent to the `agent.zip` that AgentCore runs; `manifest.json` names every file's digest. */
export function packageAgent({ runtimeFiles, agentModule, prompt, specification }: AgentPackage): PackagedAgent {
  const files: Record<string, Uint8Array> = {
    ...runtimeFiles,
    'agent_file.mjs': Buffer.from(agentModule),
    'prompt.md': Buffer.from(prompt),
    'spec.json': Buffer.from(specification),
  };
  const paths = Object.keys(files).sort();
  const digests = Object.fromEntries(paths.map((path) => [path, sha256(files[path] ?? new Uint8Array())]));
  files['manifest.json'] = Buffer.from(`${JSON.stringify({ files: digests }, null, 2)}\n`);
  const zip = zipSync(entriesOf(files), { level: 6, mtime: FIXED_MTIME });
  return { zip, sha256: sha256(zip) };
}

const entriesOf = (files: Readonly<Record<string, Uint8Array>>): Zippable =>
  Object.fromEntries(
    Object.keys(files)
      .sort()
      .map((path) => [path, [files[path] ?? new Uint8Array(), { os: UNIX, attrs: READABLE_FILE }]]),
  );

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packageAgent } from '../../shared/building/package-agent.ts';

const parts = {
  runtimeFiles: { 'main.js': Buffer.from('run();'), 'node_modules/@oratio/agent-kit/index.js': Buffer.from('kit') },
  agentModule: 'export const agent = 1;',
  prompt: 'You are Cozy.',
  specification: '{}',
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the package of an agent', () => {
  it('holds the host, the checked files and the digest of each', () => {
    const entries = unzipSync(packageAgent(parts).zip);
    const texts = Object.fromEntries(Object.entries(entries).map(([path, bytes]) => [path, strFromU8(bytes)]));
    expect({ ...texts, 'manifest.json': JSON.parse(texts['manifest.json'] ?? '') }).toEqual({
      'agent_file.mjs': 'export const agent = 1;',
      'main.js': 'run();',
      'manifest.json': {
        files: {
          'agent_file.mjs': sha256('export const agent = 1;'),
          'main.js': sha256('run();'),
          'node_modules/@oratio/agent-kit/index.js': sha256('kit'),
          'prompt.md': sha256('You are Cozy.'),
          'spec.json': sha256('{}'),
        },
      },
      'node_modules/@oratio/agent-kit/index.js': 'kit',
      'prompt.md': 'You are Cozy.',
      'spec.json': '{}',
    });
  });

  it('has the same bytes for the same files in any order', () => {
    const reversed = Object.fromEntries(Object.entries(parts.runtimeFiles).reverse());
    expect(packageAgent({ ...parts, runtimeFiles: reversed }).sha256).toBe(packageAgent(parts).sha256);
  });

  it('cannot be made to carry another agent by a file of the host', () => {
    const runtimeFiles = { ...parts.runtimeFiles, 'agent_file.mjs': Buffer.from('evil') };
    expect(packageAgent({ ...parts, runtimeFiles })).toEqual(packageAgent(parts));
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { providerNetwork } from '../../shared/providers/provider-network.ts';
import type { SpeakToProviderDeps } from '../../shared/providers/speak-to-provider.ts';
import type { TestProviderDeps } from '../../shared/providers/test-provider.ts';
import { KEY, providerServer } from './support/provider-server.ts';
import { speaking, tryingWith } from './support/trying.ts';

let server: Awaited<ReturnType<typeof providerServer>>;
let probing: SpeakToProviderDeps;
const tried = tryingWith(() => probing);

beforeAll(async () => {
  server = await providerServer();
});
beforeEach(() => {
  server.be('none');
  probing = speaking();
});
afterAll(() => server?.close());

describe('a provider of a tenant’s own', () => {
  it('without a key is not spoken to, nor at an address inside', async () => {
    const config = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1` };
    expect([
      await tried('llm', config),
      await tried('llm', { ...config, apiKey: KEY }, { addresses: 'public' }),
      await tried(
        'llm',
        { ...config, apiUrl: 'https://inside.example/v1', apiKey: KEY },
        {
          addresses: 'public',
          addressesOfName: async () => ['93.184.216.34', '10.0.0.7'],
        },
      ),
      await tried('llm', { ...config, apiUrl: 'http://127.0.0.1:9', apiKey: KEY }),
    ]).toMatchObject([
      { code: 'provider-key-missing' },
      { code: 'unsafe-address' },
      { code: 'unsafe-address', detail: 'The address is not one of the public internet: inside.example leads inside.' },
      { code: 'provider-unreachable' },
    ]);
  });

  it('at an address inside is not dialled either, whoever let it pass', async () => {
    probing = { ...probing, network: providerNetwork('public') };
    const config = { provider: 'openai-compatible', model: 'm', apiUrl: `${server.apiUrl}/v1`, apiKey: KEY };
    expect(await tried('llm', config)).toMatchObject({ code: 'unsafe-address' });
  });
});

describe('a service of AWS', () => {
  it.each([
    ['speech', 'nova-sonic'],
    ['llm', 'bedrock'],
    ['tts', 'polly'],
    ['stt', 'transcribe'],
  ])('%s of %s is spoken to without a key', async (part, provider) => {
    const probe: TestProviderDeps['probe'] = async ({ part: asked, sealedKey }) => ({
      outcome: 'heard',
      heard: { said: 'a', heard: `${asked} of AWS ${sealedKey}`, audio: null, firstMs: 1, totalMs: 2 },
    });
    expect(await tried(part, { provider }, { probe })).toMatchObject({
      part,
      provider,
      heard: `${part} of AWS undefined`,
    });
  });

  it('fails as the others do', async () => {
    const probe: TestProviderDeps['probe'] = async () => ({
      outcome: 'failed',
      failure: { fault: 'refused', message: 'No such model.' },
    });
    expect(await tried('llm', { provider: 'bedrock' }, { probe })).toEqual({
      code: 'provider-refused',
      detail: 'No such model.',
    });
  });
});

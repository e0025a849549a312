import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { encodeMuLaw } from '../../audio/mulaw.ts';
import { joinBytes, samplesOf } from '../../audio/pcm.ts';
import type { Assembly } from '../assembly/read-assembly.ts';
import type { CloudClock, KeyValueStore } from '../core/service.ts';
import type { Speech } from '../speech/speech.ts';
import { newAccount, type TwilioAccount } from './account.ts';
import { type LocalTwilio, startTwilio } from './index.ts';

export interface StageTelephoneOptions {
  readonly assembly: Assembly;
  readonly endpointUrl: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly store: KeyValueStore;
  readonly port: number;
  readonly clock: CloudClock;
  readonly speech: () => Promise<Speech>;
}

/**
 * A Twilio for a stage that has one; undefined for any other. As an operator would, it puts an account into the
 * stage's secret where there is none. Throws when the secret holds something else.
 */
export async function startStageTelephone(options: StageTelephoneOptions): Promise<LocalTwilio | undefined> {
  const secretName = secretNameOf(options.assembly);
  if (secretName === undefined) return undefined;
  const account = await accountOf(secretName, options);
  const { store, port, clock } = options;
  return startTwilio({ account, store, port, clock, voice: voiceOf(options.speech) });
}

/** Which secret the template's functions read the account from. */
function secretNameOf({ stacks }: Assembly): string | undefined {
  const variables = stacks
    .flatMap(({ template }) => Object.values(template.Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => (Properties?.Environment as FunctionEnvironment | undefined)?.Variables ?? {});
  const names = variables.map(({ TWILIO_SECRET_NAME }) => TWILIO_SECRET_NAME);
  return names.find((name): name is string => typeof name === 'string' && name !== '');
}

interface FunctionEnvironment {
  readonly Variables?: Readonly<Record<string, unknown>>;
}

async function accountOf(
  secretName: string,
  { endpointUrl, region, credentials }: StageTelephoneOptions,
): Promise<TwilioAccount> {
  const client = new SecretsManagerClient({ endpoint: endpointUrl, region, credentials });
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
    const { accountSid, authToken } = JSON.parse(SecretString) as Partial<TwilioAccount>;
    if (accountSid && authToken) return { accountSid, authToken };
    throw new Error(`The secret ${secretName} holds no {"accountSid","authToken"}.`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    const account = newAccount();
    await client.send(new CreateSecretCommand({ Name: secretName, SecretString: JSON.stringify(account) }));
    return account;
  } finally {
    client.destroy();
  }
}

const TELEPHONE_HERTZ = 8000;

/** The embedded voice speaks for Twilio, too. */
const voiceOf = (speech: () => Promise<Speech>) => async (text: string) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await speech()).speak(text, { voice: 'Joanna', sampleRateHertz: TELEPHONE_HERTZ })) {
    pieces.push(piece);
  }
  return encodeMuLaw(samplesOf(joinBytes(pieces)));
};

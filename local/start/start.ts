import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { type Cloud, startCloud } from '../cloud.ts';
import { ApiClient } from './api-client.ts';
import { DEMO_EMAIL, demoPassword, signInDemoUser } from './demo-user.ts';
import { askQuestions, exampleAgent } from './demonstration.ts';
import { dialAccess } from './dial-access.ts';
import { readExample } from './example.ts';
import { inboxAccess } from './inbox-access.ts';
import { parseStartOptions, type StartOptions, USAGE } from './options.ts';
import { phoneAccess } from './phone-access.ts';
import { synthesize } from './synthesize.ts';
import { type TalkAccess, talkAccess, talkPage } from './talk-access.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function output(cloud: Cloud, name: string): string {
  const value = cloud.outputs[name];
  if (value === undefined) throw new Error(`The synthesized app has no output "${name}".`);
  return value;
}

async function start(options: StartOptions, dataDir: string): Promise<Cloud> {
  const began = performance.now();
  const assembly = await synthesize(ROOT, 'build/assembly');
  const synthesized = performance.now();
  console.log(
    pc.dim(`synthesized in ${((synthesized - began) / 1000).toFixed(1)} s${assembly.cached ? ' (cached)' : ''}`),
  );
  const cloud = await startCloud({
    assemblyDir: assembly.dir,
    dataDir,
    apiPort: options.port,
    port: options.port + 1,
    webSocketPort: options.port + 2,
    twilioPort: options.port + 3,
    socialPort: options.port + 4,
  });
  console.log(pc.dim(`embedded cloud up in ${((performance.now() - synthesized) / 1000).toFixed(1)} s`));
  return cloud;
}

interface Demonstration {
  readonly agentId: string;
  /** False when an answer came without a document behind it. */
  readonly answered: boolean;
}

/** Runs the example through the public API. */
async function demonstrate(api: ApiClient, dataDir: string): Promise<Demonstration> {
  const example = readExample(resolve(ROOT, 'examples/cozy-comfort'));
  const { agentId } = await exampleAgent(api, example, dataDir, console.log);
  return { agentId, answered: await askQuestions(api, agentId, example.questions, console.log) };
}

function printTalk(access: TalkAccess): void {
  console.log(`
${pc.bold('Talk to it')} ${pc.dim('(the first call fetches 22 MB of speech models)')}

  ${talkPage(access)}
  npm run talk -- --say "What is your return policy?"
`);
}

function printPhone(number: string | undefined): void {
  if (number === undefined) return;
  console.log(`${pc.bold('Or ring it')} ${pc.dim(`(${number}, over an embedded Twilio)`)}

  npm run phone -- --say "What is your return policy?"
`);
}

function printInbox(cloud: Cloud, agentId: string, dataDir: string): void {
  inboxAccess(cloud, output(cloud, 'UserPoolClientId'), agentId, dataDir);
  console.log(`${pc.bold('Or write to it')} ${pc.dim('(WhatsApp, Messenger, Instagram or X, on this machine)')}

  npm run inbox -- --channel whatsapp --say "What is your return policy?"
`);
}

async function printDial(cloud: Cloud, agentId: string, dataDir: string): Promise<() => Promise<void>> {
  const close = await dialAccess(cloud, output(cloud, 'UserPoolClientId'), agentId, dataDir);
  console.log(`${pc.bold('Or call its contact centre')} ${pc.dim('(a number of an embedded Amazon Connect)')}

  npm run dial -- --press 1 --press 0
`);
  return close;
}

function printAddresses(cloud: Cloud, token: string, dataDir: string): void {
  const auth = `-H "Authorization: Bearer $TOKEN"`;
  console.log(`
${pc.bold('Oratio is up.')}  ${pc.dim('Ctrl-C stops it; state is kept.')}

  Dashboard      ${cloud.apiUrl}/
                 ${pc.dim(`sign in as ${DEMO_EMAIL}, password ${demoPassword(dataDir)}`)}
  API            ${cloud.apiUrl}/api/v1
  Documentation  ${cloud.apiUrl}/docs
  AWS endpoint   ${cloud.endpointUrl}

${pc.bold('Try')} ${pc.dim("(the demo user's token, good for an hour)")}

  export TOKEN=${token}
  curl ${auth} ${cloud.apiUrl}/api/v1/agents
  curl ${auth} ${cloud.apiUrl}/api/v1/knowledge-bases
  curl ${auth} -H 'Content-Type: application/json' -d '{"text":"How long can I return a mattress?"}' \\
    ${cloud.apiUrl}/api/v1/agents/$(curl -s ${auth} ${cloud.apiUrl}/api/v1/agents | grep -o '"agentId":"[^"]*' | head -1 | cut -d'"' -f4)/messages

${pc.bold('Look inside')} ${pc.dim('with the AWS CLI or any SDK')}

  export AWS_ENDPOINT_URL=${cloud.endpointUrl} AWS_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=${cloud.credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${cloud.credentials.secretAccessKey}
  aws dynamodb list-tables; aws s3 ls; aws stepfunctions list-state-machines
`);
}

function untilStopped(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

/** `npm start`; gives the exit code. Throws an `Error` whose message is for the person who typed it. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const cloud = await start(options, dataDir);
  let endCalls: (() => Promise<void>) | undefined;
  try {
    const token = await signInDemoUser(
      {
        endpoint: cloud.endpointUrl,
        region: 'us-east-1',
        credentials: cloud.credentials,
        userPoolId: output(cloud, 'UserPoolId'),
        clientId: output(cloud, 'UserPoolClientId'),
      },
      dataDir,
    );
    const api = new ApiClient(cloud.apiUrl, token);
    const shown = options.empty ? undefined : await demonstrate(api, dataDir);
    if (options.once) return shown?.answered === false ? 1 : 0;
    printAddresses(cloud, token, dataDir);
    if (shown) printTalk(await talkAccess(api, shown.agentId, cloud.apiUrl, dataDir));
    if (shown) printInbox(cloud, shown.agentId, dataDir);
    if (shown) printPhone(await phoneAccess(api, shown.agentId, cloud, dataDir));
    if (shown) endCalls = await printDial(cloud, shown.agentId, dataDir);
    await untilStopped();
    return 0;
  } finally {
    await endCalls?.();
    await cloud.stop();
  }
}

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { signInByBrowser } from '../account/browser-sign-in.ts';
import { signInWithPassword, type Tokens } from '../account/cognito.ts';
import { type Profile, profilesPath, readProfiles, writeProfiles } from '../account/profiles.ts';
import { type Stage, stageAt, stageOfOutputs } from '../account/stage.ts';
import { type Commands, type CommonOptions, examples, printerOf, type Tools } from '../command.ts';
import { UsageError } from '../exit-codes.ts';

interface LoginOptions extends CommonOptions {
  readonly username?: string;
  readonly passwordStdin?: true;
  readonly clientId?: string;
  readonly cognito?: string;
  readonly browser: boolean;
}

/** `oratio login`, `logout` and `whoami`. */
export const loginCommands: Commands = (program, tools) => {
  program
    .command('login')
    .description('sign in to a stage and remember it')
    .option('--username <email>', 'sign in without a browser; asks for the password')
    .option('--password-stdin', 'read the password from stdin instead')
    .option('--no-browser', 'open none: visit the printed address anywhere, and paste the last one here')
    .option('--client-id <id>', 'client of the user pool, where neither the stage nor outputs.json tells')
    .option('--cognito <url>', 'where Cognito answers, likewise')
    .addHelpText(
      'after',
      examples(
        'oratio login --api https://d111111abcdef8.cloudfront.net',
        'oratio login --outputs outputs.json --username ada@example.com --password-stdin < password',
        'oratio login --api http://127.0.0.1:4100 --token $ORATIO_KEY --profile local',
      ),
    )
    .action(async (_, command: Command) => login(tools, command.optsWithGlobals<LoginOptions>()));
  program
    .command('logout')
    .description('forget the tokens of a profile')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const file = await readProfiles(tools.io);
      const name = options.profile ?? tools.io.env.ORATIO_PROFILE ?? file.current;
      const { [name]: gone, ...profiles } = file.profiles;
      await writeProfiles(tools.io, { ...file, profiles });
      tools.io.err(gone === undefined ? `There is no profile "${name}".\n` : `Signed out of ${gone.apiUrl}.\n`);
    });
  program
    .command('whoami')
    .description('where and as whom commands are carried out')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { client, token, profile = null, email = null } = await tools.account(options);
      const signedIn = await token().then(
        () => true,
        () => false,
      );
      const facts = { api: client.baseUrl, profile, email, 'signed in': signedIn ? 'yes' : 'no' };
      const known = { api: client.baseUrl, profile, email, signedIn };
      printerOf(tools.io, options).facts(known, Object.entries(facts));
    });
};

async function login(tools: Tools, options: LoginOptions): Promise<void> {
  const { io } = tools;
  const file = await readProfiles(io);
  const name = options.profile ?? io.env.ORATIO_PROFILE ?? file.current;
  const stage = await stageFor(tools, options, file.profiles[name]?.apiUrl);
  const signedIn = await profileFor(tools, stage, options);
  await writeProfiles(io, { current: name, profiles: { ...file.profiles, [name]: signedIn } });
  io.err(
    `Signed in to ${stage.apiUrl}${signedIn.email === undefined ? '' : ` as ${signedIn.email}`}; kept in ${profilesPath(io)}.\n`,
  );
}

function stageFor({ io }: Tools, options: LoginOptions, known: string | undefined): Promise<Stage> {
  const outputs = options.outputs ?? io.env.ORATIO_OUTPUTS;
  if (options.api === undefined && outputs !== undefined) return stageOfOutputs(outputs, io.cwd);
  const url = options.api ?? io.env.ORATIO_API_URL ?? known;
  if (url === undefined) throw new UsageError('Where? Give --api URL or --outputs outputs.json.');
  return stageAt(url, io.signal);
}

async function profileFor(tools: Tools, stage: Stage, options: LoginOptions): Promise<Profile> {
  if (options.token !== undefined) return withToken(tools, stage, options.token);
  if (options.username !== undefined) return byPassword(tools, stage, options, options.username);
  return byBrowser(tools, stage, options);
}

/** Throws `OratioProblem` for a token that is refused. An API key is for one agent: what it may do shows when it is used. */
async function withToken(tools: Tools, { apiUrl }: Stage, token: string): Promise<Profile> {
  if (!token.startsWith('ok_')) {
    const { client } = await tools.account({ api: apiUrl, token });
    await client.call('listAgents', { query: { limit: 1 }, signal: tools.io.signal });
  }
  return { apiUrl, token };
}

const profileOf = ({ apiUrl }: Stage, tokens: Tokens, renewal: NonNullable<Profile['renewal']>): Profile => ({
  apiUrl,
  ...tokens,
  renewal,
});

async function byPassword({ io }: Tools, stage: Stage, options: LoginOptions, username: string): Promise<Profile> {
  if (!options.passwordStdin && !io.isInTty)
    throw new UsageError('Give the password with --password-stdin: on the command line others could read it.');
  const url = options.cognito ?? stage.api?.url;
  const clientId = options.clientId ?? stage.api?.clientId;
  if (url === undefined || clientId === undefined) {
    throw new UsageError(
      `${stage.apiUrl} does not say where passwords go: give the dashboard’s address, --outputs, or --client-id and --cognito.`,
    );
  }
  const password = options.passwordStdin
    ? (await io.stdin()).replace(/\r?\n$/, '')
    : await io.ask(`Password of ${username}: `, { isSecret: true });
  const tokens = await signInWithPassword({ url, clientId }, { username, password }, io.nowMs());
  return profileOf(stage, { email: username, ...tokens }, { by: 'api', url, clientId });
}

async function byBrowser({ io }: Tools, stage: Stage, options: LoginOptions): Promise<Profile> {
  const { pages } = stage;
  if (pages === undefined) {
    throw new UsageError(
      `${stage.apiUrl} does not say how to sign in: give the dashboard’s address, --outputs, or --token.`,
    );
  }
  const visit = async (url: string): Promise<void> => {
    io.err(`Sign in here:\n  ${url}\n`);
    if (io.isErrTty && options.browser) await io.openBrowser(url);
  };
  const pasted = (signal: AbortSignal): Promise<string> =>
    io.ask('Is your browser on another machine? Paste the address it ends at: ', { signal });
  const chance = (): string => randomBytes(32).toString('base64url');
  const tokens = await signInByBrowser({
    pages,
    visit,
    ...(io.isInTty ? { pasted, isElsewhere: !options.browser } : {}),
    signal: io.signal,
    verifier: chance(),
    state: chance(),
    nowMs: io.nowMs,
  });
  return profileOf(stage, tokens, { by: 'pages', ...pages });
}

import type { BodyOf } from '../../../client/index.ts';
import type { AgentType } from '../agents/agent-types.ts';
import { type ChannelDraft, channelFaults, toWanted } from './channel-draft.ts';
import { type ChosenFile, type Descriptions, descriptionOf, fileFault, MAX_FILES, nestDescriptions } from './files.ts';

/** Everything that is said in the wizard. */
export interface Draft {
  readonly agentName: string;
  readonly agentType: AgentType;
  readonly description: string;
  readonly sop: string;
  readonly knowledgeBaseDescription: string;
  readonly humanHandoffDescription: string;
  readonly files: readonly ChosenFile[];
  readonly descriptions: Descriptions;
  readonly channels: readonly ChannelDraft[];
}

export const EMPTY_DRAFT: Draft = {
  agentName: '',
  agentType: 'both',
  description: '',
  sop: '',
  knowledgeBaseDescription: '',
  humanHandoffDescription: '',
  files: [],
  descriptions: {},
  channels: [],
};

export const STEPS = ['basics', 'sop', 'files', 'channels', 'review'] as const;
export type StepName = (typeof STEPS)[number];

/** What is wrong, by RFC 6901 pointer into the request. */
export type Faults = Readonly<Record<string, string>>;

/** As the API has them (`shared/agents/agent-requests.ts`). */
const MAX_NAME = 100;
export const MAX_SOP_BYTES = 100_000;
const MAX_TEXT = 4000;
const MAX_DESCRIPTIONS_BYTES = 50_000;

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

const CHECKS: Readonly<Record<Exclude<StepName, 'review'>, (draft: Draft) => Faults>> = {
  basics: ({ agentName, description }) => ({
    ...(agentName.trim() === '' ? { '/agentName': 'Give the agent a name.' } : {}),
    ...(agentName.trim().length > MAX_NAME ? { '/agentName': `A name has at most ${MAX_NAME} characters.` } : {}),
    ...(/\p{Cc}/u.test(agentName) ? { '/agentName': 'A name has no control characters.' } : {}),
    ...tooLong('/description', description),
  }),
  sop: ({ sop, humanHandoffDescription }) => ({
    ...(sop.trim() === '' ? { '/sop': 'Write down how the agent is to work, or load it from a file.' } : {}),
    ...(bytesOf(sop) > MAX_SOP_BYTES
      ? { '/sop': `An SOP has at most ${MAX_SOP_BYTES.toLocaleString('en-US')} bytes.` }
      : {}),
    ...tooLong('/humanHandoffDescription', humanHandoffDescription),
  }),
  files: (draft) => ({ ...fileFaults(draft), ...tooLong('/knowledgeBaseDescription', draft.knowledgeBaseDescription) }),
  channels: ({ channels }) =>
    Object.fromEntries(
      channels.flatMap((channel, index) =>
        Object.entries(channelFaults(channel)).map(([name, fault]) => [`/channels/${index}/settings/${name}`, fault]),
      ),
    ),
};

const tooLong = (pointer: string, text: string): Faults =>
  text.length > MAX_TEXT ? { [pointer]: `At most ${MAX_TEXT.toLocaleString('en-US')} characters.` } : {};

function fileFaults({ files, descriptions }: Draft): Faults {
  const bytes = files.reduce((sum, { path }) => sum + bytesOf(descriptionOf(path, descriptions)), 0);
  return {
    ...(files.length > MAX_FILES ? { '/files': `An agent has at most ${MAX_FILES} files.` } : {}),
    ...(bytes > MAX_DESCRIPTIONS_BYTES ? { '/folderFileDescriptions': 'The descriptions are too long together.' } : {}),
    ...Object.fromEntries(
      files.flatMap((file, index): [string, string][] => {
        const fault = fileFault(file) ?? descriptionFault(file.path, descriptions);
        return fault === undefined ? [] : [[`/files/${index}`, fault]];
      }),
    ),
  };
}

const descriptionFault = (path: string, descriptions: Descriptions): string | undefined =>
  descriptionOf(path, descriptions) === '' ? 'Say what is in it, or describe its folder.' : undefined;

/** What has to be put right before the step is left. */
export const faultsOf = (step: StepName, draft: Draft): Faults => (step === 'review' ? {} : CHECKS[step](draft));

/** Which step shows a place of the request. */
export function stepOf(pointer: string): StepName {
  if (/^\/(?:sop|humanHandoffDescription)/.test(pointer)) return 'sop';
  if (/^\/(?:files|folderFileDescriptions|knowledgeBaseDescription)/.test(pointer)) return 'files';
  return pointer.startsWith('/channels') ? 'channels' : 'basics';
}

/** Places of a refused request as the wizard names them: descriptions of files belong to the files. */
export function faultsOfProblem(
  errors: readonly { readonly pointer: string; readonly message: string }[],
  { files }: Pick<Draft, 'files'>,
): Faults {
  return Object.fromEntries(
    errors.map(({ pointer, message }) => {
      const path = /^\/folderFileDescriptions\/(.+)$/.exec(pointer)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
      const index = path === undefined ? -1 : files.findIndex((file) => file.path === path);
      return [index === -1 ? pointer : `/files/${index}`, message];
    }),
  );
}

/** The request; files are declared and uploaded by the forms of the answer. */
export function bodyOf(draft: Draft): BodyOf<'createAgent'> {
  const { agentType, sop, files, descriptions, channels } = draft;
  const paths = files.map(({ path }) => path);
  const description = draft.description.trim();
  return {
    agentName: draft.agentName.trim(),
    agentType,
    sop,
    ...(description === '' ? {} : { description }),
    knowledgeBaseDescription: draft.knowledgeBaseDescription.trim(),
    humanHandoffDescription: draft.humanHandoffDescription.trim(),
    folderFileDescriptions: nestDescriptions(paths, descriptions),
    files: files.map(({ path, file }) => ({ path, sizeBytes: file.size })),
    channels: toWanted(channels),
  };
}

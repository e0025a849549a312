import type { CloudContext, Need } from '../../core/service.ts';
import { notFound, validation } from '../bedrock/common.ts';

/** Model families that answer `Converse`, by the beginning of their ids (Bedrock user guide, "Supported models"). */
const CONVERSE_MODELS = [
  'amazon.nova-micro-',
  'amazon.nova-lite-',
  'amazon.nova-pro-',
  'amazon.nova-2-lite-',
  'amazon.nova-2-pro-',
  'anthropic.claude-',
  'meta.llama',
  'mistral.',
  'openai.gpt-oss-',
];
/** Ended on 2026-09-14 (Bedrock user guide, model card of Nova Premier). */
const ENDED_MODELS = ['amazon.nova-premier-'];
const EMBEDDING_MODELS = ['amazon.titan-embed-text-v2:'];

/** Regions and `global`, which an inference profile's id puts before the model's. */
const PROFILE = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;

/** The foundation model behind an id, an inference profile's id or an ARN. */
const foundationModelOf = (modelId: string): string => nameOf(modelId).replace(PROFILE, '');

const nameOf = (modelId: string): string => (modelId.startsWith('arn:') ? (modelId.split('/').at(-1) ?? '') : modelId);

/** Throws as Bedrock does: `ValidationException` for an id it does not know, `ResourceNotFoundException` for a model that has ended. */
export const requireModel = (modelId: string | undefined, kind: 'converse' | 'embedding'): string => {
  const known = kind === 'converse' ? CONVERSE_MODELS : EMBEDDING_MODELS;
  const model = foundationModelOf(modelId ?? '');
  if (ENDED_MODELS.some((family) => model.startsWith(family))) {
    throw notFound('This model version has reached the end of its life.');
  }
  if (!known.some((family) => model.startsWith(family))) throw validation('The provided model identifier is invalid.');
  return model;
};

/** Permissions to use a model: a profile needs its own and the foundation model's (Bedrock user guide, "Prerequisites for inference profiles"). */
export const modelNeeds = (
  { region, accountId }: Pick<CloudContext, 'region' | 'accountId'>,
  action: string,
  modelId: string,
): Need[] => {
  const foundation = { action, resource: `arn:aws:bedrock:${region}::foundation-model/${foundationModelOf(modelId)}` };
  if (!PROFILE.test(nameOf(modelId))) return [foundation];
  const profile = `arn:aws:bedrock:${region}:${accountId}:inference-profile/${nameOf(modelId)}`;
  return [{ action, resource: profile }, foundation];
};

import * as client from '@aws-sdk/client-bedrock-runtime';
import { defineSchemaService, type InputOf } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';
import { required, validation } from '../bedrock/common.ts';
import { embedText } from '../bedrock/embedding.ts';
import { type Converse, streamEvents } from './engine/index.ts';
import { modelNeeds, requireModel } from './models.ts';
import { ModelServerError } from './openai/index.ts';
import { makeSonic, type SonicOptions } from './sonic/index.ts';

/** Titan Text Embeddings V2 (Bedrock user guide): sizes of its vectors. */
const TITAN_DIMENSIONS = [256, 512, 1024];

/** Permissions by operation; the others need `bedrock:InvokeModel`. */
const ACTIONS: Readonly<Record<string, string>> = {
  ConverseStream: 'bedrock:InvokeModelWithResponseStream',
  InvokeModelWithResponseStream: 'bedrock:InvokeModelWithResponseStream',
  InvokeModelWithBidirectionalStream: 'bedrock:InvokeModelWithBidirectionalStream',
};

export interface BedrockRuntimeOptions extends Omit<SonicOptions, 'converse'> {
  readonly converse: Converse;
}

/**
 * Bedrock's models: `Converse`, `ConverseStream` over one engine, text embeddings by `InvokeModel`, and Nova Sonic by
 * `InvokeModelWithBidirectionalStream`.
 */
export const makeBedrockRuntime = (context: CloudContext, options: BedrockRuntimeOptions): AwsService => {
  const { converse } = options;
  const answer = async ({ modelId, ...input }: client.ConverseRequest) => {
    requireModel(modelId, 'converse');
    checkMessages(input.messages);
    try {
      return await converse(modelId ?? '', input);
    } catch (error) {
      if (error instanceof ModelServerError) throw new AwsError(error.name, error.message, error.status);
      throw error;
    }
  };
  return defineSchemaService({
    name: 'bedrock-runtime',
    signingName: 'bedrock',
    client,
    operations: {
      Converse: async (input) => {
        const { output, stopReason, usage, metrics, ...rest } = await answer(input);
        return { output, stopReason, usage, metrics, ...rest };
      },
      ConverseStream: async (input) => ({ stream: eachOf(streamEvents(await answer(input))) }),
      InvokeModel: (input) => embed(input),
      InvokeModelWithBidirectionalStream: makeSonic(context, options),
    },
    streams: ['InvokeModelWithBidirectionalStream'],
    needs: (operation, input: { modelId?: string }) =>
      modelNeeds(context, ACTIONS[operation] ?? 'bedrock:InvokeModel', input.modelId ?? ''),
  });
};

async function* eachOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

const checkMessages = (messages: client.Message[] | undefined): void => {
  if (messages?.[0]?.role !== 'user') {
    throw validation(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
};

interface TitanRequest {
  readonly inputText?: string;
  readonly dimensions?: number;
}

const embed = (input: InputOf<typeof client, 'InvokeModel'>) => {
  requireModel(input.modelId, 'embedding');
  const { inputText, dimensions = 1024 } = parseBody(input.body as Uint8Array | undefined);
  const text = required(inputText, 'inputText');
  if (!TITAN_DIMENSIONS.includes(dimensions)) throw validation(`Malformed input request: dimensions ${dimensions}`);
  const embedding = [...embedText(text, dimensions)];
  const body = { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: Math.ceil(text.length / 4) };
  return { body: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
};

const parseBody = (body: Uint8Array | undefined): TitanRequest => {
  try {
    return JSON.parse(Buffer.from(body ?? []).toString()) as TitanRequest;
  } catch {
    throw validation('Malformed input request, please reformat your input and try again.');
  }
};

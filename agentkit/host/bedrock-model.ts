import { BedrockModel } from '@strands-agents/sdk/models/bedrock';

/** Answers are short; a whole specification of a long SOP is not. */
export interface ModelOptions {
  readonly modelId: string;
  readonly maxTokens: number;
  /** How long a call may stay silent. `Converse` answers when the last token is written: it must be long enough for `maxTokens`. */
  readonly timeoutMs: number;
}

/**
 * A Bedrock model over `Converse` (IAM action `bedrock:InvokeModel`): nothing here reads a stream before its end.
 * Temperature 0, so that the same question gets the same answer as far as the model can.
 */
export const bedrockModel = ({ modelId, maxTokens, timeoutMs }: ModelOptions): BedrockModel =>
  new BedrockModel({ modelId, maxTokens, temperature: 0, stream: false, requestTimeout: timeoutMs });

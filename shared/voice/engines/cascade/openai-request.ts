import { type ProviderService, providerPost } from './provider-request.ts';

/** Where an OpenAI-compatible service is and how we name ourselves to it. */
export interface OpenAiService extends ProviderService {
  readonly model: string;
  /** In the place of OpenAI's own path, where the service has another. */
  readonly path?: string;
}

/** One POST to a service with OpenAI's interface; `path` is OpenAI's own. Throws `ProviderError`. */
export const openAiPost = (
  service: OpenAiService,
  path: string,
  body: string | FormData,
  signal: AbortSignal,
): Promise<Response> =>
  providerPost(service, {
    path: service.path ?? path,
    body,
    authorize: (key) => ({ authorization: `Bearer ${key}` }),
    signal,
  });

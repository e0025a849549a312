import type { AnswerOf, BodyOf } from '../../../client/index.ts';

type Settings = AnswerOf<'getVoiceSettings'>;

/** What a form shows of where callers are passed on to: texts as they are typed. */
export interface TransferDraft {
  readonly phoneNumber: string;
  readonly chatUrl: string;
  readonly ringSeconds: string;
}

/** Of the API, where nothing is said. */
const USUAL_RING_SECONDS = '25';

export const transferDraftOf = (transfer: Settings['transfer']): TransferDraft => ({
  phoneNumber: transfer?.phoneNumber ?? '',
  chatUrl: transfer?.chatUrl ?? '',
  ringSeconds: transfer === undefined ? USUAL_RING_SECONDS : String(transfer.ringSeconds),
});

/** All of an agent's voice settings with this draft in them: hours stay; with neither number nor chat there is no target. */
export function withTransfer(settings: Settings, draft: TransferDraft): BodyOf<'putVoiceSettings'> {
  const { apiKeys: _, transfer, ...rest } = settings;
  const phoneNumber = draft.phoneNumber.trim();
  const chatUrl = draft.chatUrl.trim();
  if (phoneNumber === '' && chatUrl === '') return rest;
  return {
    ...rest,
    transfer: {
      ...(transfer?.hours !== undefined && { hours: transfer.hours }),
      ...(phoneNumber !== '' && { phoneNumber }),
      ...(chatUrl !== '' && { chatUrl }),
      ringSeconds: Number(draft.ringSeconds),
    },
  };
}

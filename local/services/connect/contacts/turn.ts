import type { FlowAction, Parameters, ParameterValue } from '../flow/flow-language.ts';
import type { StoredContact } from './contact.ts';
import type { ContactDesk } from './contact-desk.ts';
import type { LiveContact } from './live-contact.ts';

/** One action about to be done, its parameters resolved. */
export interface Turn {
  readonly desk: ContactDesk;
  readonly contact: StoredContact;
  readonly action: FlowAction;
  readonly parameters: Parameters;
  readonly live: LiveContact;
}

export type Outcome =
  | { readonly kind: 'next'; readonly note?: string }
  | { readonly kind: 'condition'; readonly value: string; readonly note?: string }
  | { readonly kind: 'error'; readonly error: string; readonly note?: string }
  | { readonly kind: 'flow'; readonly flowId: string }
  | { readonly kind: 'queued' }
  | { readonly kind: 'ended' };

export type Action = (turn: Turn) => Promise<Outcome> | Outcome;

export const NEXT: Outcome = { kind: 'next' };
export const failed = (error: string, note?: string): Outcome => ({
  kind: 'error',
  error,
  ...(note === undefined ? {} : { note }),
});

/** A parameter that is a text; empty when it is none. */
export const textOf = (parameters: Parameters, name: string): string => {
  const value = parameters[name];
  return typeof value === 'string' ? value : '';
};

/** A parameter that is a map of texts. */
export const mapOf = (value: ParameterValue | undefined): Record<string, string> =>
  typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, typeof item === 'string' ? item : JSON.stringify(item)]),
      )
    : {};

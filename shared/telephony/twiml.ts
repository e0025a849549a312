/** TwiML (Twilio docs, "TwiML for Programmable Voice"): what Twilio does next with a call. */

const XML_SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters that XML 1.0 cannot hold are left out. */
const isWritable = (sign: string): boolean => sign >= ' ' || sign === '\t' || sign === '\n' || sign === '\r';

/** Text and attribute values alike. */
const escaped = (text: string): string =>
  Array.from(text)
    .filter(isWritable)
    .map((sign) => XML_SIGNS[sign] ?? sign)
    .join('');

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');

export type Verb =
  /** Both directions of the call's audio over a WebSocket; the next verb runs when the socket closes. */
  | {
      readonly verb: 'stream';
      readonly url: string;
      readonly statusCallback?: string;
      /** Reach the socket's `start` message; the address itself may have no query. */
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly verb: 'say'; readonly text: string; readonly language: string }
  | { readonly verb: 'pause'; readonly seconds: number }
  | { readonly verb: 'redirect'; readonly url: string }
  /** Rings somebody; the call goes on with what `action` answers, whether somebody answered or not. */
  | {
      readonly verb: 'dial';
      readonly to: string;
      readonly callerId: string;
      readonly timeoutSeconds: number;
      readonly action: string;
      /** Told when somebody answers. */
      readonly answered: string;
    }
  | { readonly verb: 'reject'; readonly reason: 'busy' | 'rejected' }
  | { readonly verb: 'hangup' };

const rendered = (verb: Verb): string => {
  switch (verb.verb) {
    case 'stream': {
      const parameters = Object.entries(verb.parameters)
        .map(([name, value]) => `<Parameter${attributes({ name, value })}/>`)
        .join('');
      const { url, statusCallback } = verb;
      return `<Connect><Stream${attributes({ url, statusCallback })}>${parameters}</Stream></Connect>`;
    }
    case 'say':
      return `<Say${attributes({ language: verb.language })}>${escaped(verb.text)}</Say>`;
    case 'pause':
      return `<Pause${attributes({ length: verb.seconds })}/>`;
    case 'redirect':
      return `<Redirect method="POST">${escaped(verb.url)}</Redirect>`;
    case 'dial': {
      const { to, callerId, timeoutSeconds: timeout, action, answered: statusCallback } = verb;
      const number = attributes({ statusCallbackEvent: 'answered', statusCallback, statusCallbackMethod: 'POST' });
      const dial = attributes({ callerId, timeout, action, method: 'POST' });
      return `<Dial${dial}><Number${number}>${escaped(to)}</Number></Dial>`;
    }
    case 'reject':
      return `<Reject${attributes({ reason: verb.reason })}/>`;
    case 'hangup':
      return '<Hangup/>';
  }
};

/** The document Twilio gets as `text/xml`. */
export const twiml = (...verbs: readonly Verb[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.map(rendered).join('')}</Response>`;

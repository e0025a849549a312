/** What a document tells Twilio to do. Verbs other than these are refused: nothing here plays menus. */
export type Verb =
  | { readonly verb: 'say'; readonly text: string; readonly language: string }
  | { readonly verb: 'pause'; readonly seconds: number }
  | { readonly verb: 'redirect'; readonly url: string }
  | { readonly verb: 'reject'; readonly reason: 'busy' | 'rejected' }
  | { readonly verb: 'hangup' }
  | {
      readonly verb: 'dial';
      readonly to: string;
      readonly callerId: string | undefined;
      readonly timeoutSeconds: number;
      readonly action: string | undefined;
      /** Told of the events that `<Number>` names. */
      readonly statusCallback: string | undefined;
      readonly statusEvents: readonly string[];
    }
  | {
      readonly verb: 'stream';
      readonly url: string;
      readonly statusCallback: string | undefined;
      readonly parameters: Readonly<Record<string, string>>;
    };

/** A document that is no TwiML: Twilio's 12100 (not XML), 12200 (not by its schema). */
export class TwimlError extends Error {
  readonly code: 12100 | 12200;
  constructor(code: 12100 | 12200, message: string) {
    super(message);
    this.name = 'TwimlError';
    this.code = code;
  }
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TAG = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;

/** Parses a document. Throws `TwimlError`. */
export function parseTwiml(source: string): Verb[] {
  const root = parseElements(source.replace(/^\s*<\?xml[^>]*\?>/, ''));
  const [response, ...others] = root.children;
  if (response?.name !== 'Response' || others.length > 0) throw new TwimlError(12_100, 'The root is not <Response>.');
  return response.children.map(verbOf);
}

function parseElements(source: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [whole, closing, name = '', attributes = '', empty, text, broken] of source.matchAll(TAG)) {
    const current = open.at(-1) ?? root;
    if (broken !== undefined) throw new TwimlError(12_100, 'The document is not well-formed.');
    if (text !== undefined) current.text += unescaped(text);
    else if (closing === '/') {
      if (open.length < 2 || current.name !== name) throw new TwimlError(12_100, `${whole} closes nothing.`);
      open.pop();
    } else {
      const element: Element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      current.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length > 1) throw new TwimlError(12_100, `<${open.at(-1)?.name}> is not closed.`);
  return root;
}

const attributesOf = (source: string): Record<string, string> =>
  Object.fromEntries(
    [...source.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]),
  );

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-fA-F]+)|([a-z]+));|&/g, (whole, decimal, hex, name: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex as string, 16));
    const sign = ENTITIES[name];
    if (sign === undefined) throw new TwimlError(12_100, `${whole} is no entity.`);
    return sign;
  });
}

function verbOf({ name, attributes, children, text }: Element): Verb {
  switch (name) {
    case 'Say':
      return { verb: 'say', text: text.trim(), language: attributes.language ?? 'en-US' };
    case 'Pause':
      return { verb: 'pause', seconds: Number(attributes.length ?? 1) };
    case 'Redirect':
      return { verb: 'redirect', url: text.trim() };
    case 'Reject':
      return { verb: 'reject', reason: attributes.reason === 'busy' ? 'busy' : 'rejected' };
    case 'Hangup':
      return { verb: 'hangup' };
    case 'Dial':
      return dialOf(attributes, children, text);
    case 'Connect':
      return streamOf(children);
    default:
      throw new TwimlError(12_200, `<${name}> is no verb of the embedded Twilio.`);
  }
}

/** One number, as `<Number>` or as the verb's own text. */
function dialOf(attributes: Element['attributes'], [number, ...others]: readonly Element[], text: string): Verb {
  if (others.length > 0 || (number !== undefined && number.name !== 'Number')) {
    throw new TwimlError(12_200, '<Dial> of the embedded Twilio rings one <Number>.');
  }
  const { callerId, timeout, action } = attributes;
  const { statusCallback, statusCallbackEvent = '' } = number?.attributes ?? {};
  const to = (number?.text ?? text).trim();
  if (!/^\+[1-9]\d{6,14}$/.test(to)) throw new TwimlError(12_200, `<Dial> rings no "${to}".`);
  const statusEvents = statusCallbackEvent.split(' ').filter((event) => event !== '');
  return { verb: 'dial', to, callerId, timeoutSeconds: Number(timeout ?? 30), action, statusCallback, statusEvents };
}

function streamOf([stream, ...others]: readonly Element[]): Verb {
  if (stream?.name !== 'Stream' || others.length > 0) throw new TwimlError(12_200, '<Connect> needs one <Stream>.');
  const { url, statusCallback } = stream.attributes;
  if (url === undefined) throw new TwimlError(12_200, '<Stream> has no url.');
  const parameters = stream.children.map(({ name, attributes }) => {
    if (name !== 'Parameter') throw new TwimlError(12_200, `<${name}> does not belong into <Stream>.`);
    return [attributes.name ?? '', attributes.value ?? ''] as const;
  });
  return { verb: 'stream', url, statusCallback, parameters: Object.fromEntries(parameters) };
}

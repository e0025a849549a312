/** What an element holds: text, elements by name (an array for a repeated one), or nothing. */
export type XmlContent = string | number | boolean | undefined | XmlContent[] | { readonly [name: string]: XmlContent };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A document of S3's: undefined members are left out, arrays repeat their element. */
export const writeXml = (name: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content, ` xmlns="${NAMESPACE}"`)}`;

const element = (name: string, content: XmlContent, attributes = ''): string => {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((one) => element(name, one)).join('');
  const inner =
    typeof content === 'object'
      ? Object.entries(content)
          .map(([child, value]) => element(child, value))
          .join('')
      : escapeXml(String(content));
  return `<${name}${attributes}>${inner}</${name}>`;
};

const NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

// Control characters go as references, which is how S3 gives back keys that hold them.
const escapeXml = (text: string): string =>
  text.replaceAll(/[<>&"'\p{Cc}]/gu, (character) => `&${NAMES[character] ?? `#${character.codePointAt(0)}`};`);

/** An element of a parsed document. */
export interface XmlNode {
  readonly name: string;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

/** Reads the small documents that S3's clients send. Throws a `SyntaxError` when tags do not match. */
export const parseXml = (source: string): XmlNode => {
  const root = { name: '', children: [] as XmlNode[], text: '' };
  const open: { name: string; children: XmlNode[]; text: string }[] = [root];
  for (const [, tag, text] of source.matchAll(/<([^>]*)>|([^<]+)/g)) {
    const current = open.at(-1) ?? root;
    if (text !== undefined) current.text += unescapeXml(text);
    else if (tag !== undefined && !/^[?!]/.test(tag)) enter(open, tag);
  }
  const [document] = root.children;
  if (open.length !== 1 || !document) throw new SyntaxError('malformed XML');
  return document;
};

const enter = (open: { name: string; children: XmlNode[]; text: string }[], tag: string): void => {
  const name = /^\/?(?:[\w-]+:)?([\w.-]+)/.exec(tag)?.[1] ?? '';
  if (tag.startsWith('/')) {
    const closed = open.pop();
    if (closed?.name !== name || open.length === 0) throw new SyntaxError('malformed XML');
    open.at(-1)?.children.push(closed);
    return;
  }
  const node = { name, children: [], text: '' };
  if (tag.endsWith('/')) open.at(-1)?.children.push(node);
  else open.push(node);
};

const unescapeXml = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });

/** Children of that name. */
export const childrenOf = (node: XmlNode, name: string): readonly XmlNode[] =>
  node.children.filter((child) => child.name === name);

/** Text of the first child of that name. */
export const textOf = (node: XmlNode, name: string): string | undefined => childrenOf(node, name)[0]?.text;

import { convert, type DomNode, type FormatCallback, type HtmlToTextOptions } from 'html-to-text';
import { type DocumentText, oneLine } from './document.ts';
import { readMarkdown } from './markdown.ts';

/** HTML to blocks, by way of Markdown; scripts, styles, navigation and images are left out. */
export const readHtml = (html: string): DocumentText => {
  const document = readMarkdown(convert(html, OPTIONS));
  const title = oneLine(convert(/<title[^>]*>([\s\S]*?)<\/title>/i.exec(html)?.[1] ?? '', { wordwrap: false }));
  return title === '' ? document : { ...document, title };
};

const heading: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addLiteral(`${'#'.repeat(Number(element.name?.slice(1)) || 1)} `);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

const tableRow: FormatCallback = (element, _walk, builder) => {
  const cells = element.children.filter((child) => child.name === 'td' || child.name === 'th').map(textOf);
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addLiteral(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

const textOf = (node: DomNode): string =>
  oneLine(
    node.type === 'text' ? (node.data ?? '') : (node.children ?? []).map((child) => ` ${textOf(child)}`).join(''),
  );

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, format: 'markdownHeading' }));
const LEFT_OUT = ['img', 'script', 'style', 'nav', 'svg', 'noscript', 'template'].map((selector) => ({
  selector,
  format: 'skip',
}));

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  formatters: { markdownHeading: heading, markdownRow: tableRow },
  selectors: [
    ...HEADINGS,
    ...LEFT_OUT,
    { selector: 'table', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
    { selector: 'tr', format: 'markdownRow' },
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'ul', options: { itemPrefix: '- ' } },
  ],
};

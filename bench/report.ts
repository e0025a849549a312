/** The text of `bench/README.md`: a head, and a section for each bench that has run. */
import type { Bench } from './benches.ts';

type Described = Pick<Bench, 'name' | 'title' | 'method'>;

export interface Measured {
  readonly machine: string;
  readonly tables: string;
}

const HEAD = `# Measurements

Written by \`npm run bench\`; \`npm run bench -- NAME\` measures one section anew. Times of different machines do not
compare, so what counts is a ratio to a baseline of the same run. A bar that is missed says so.
`;

const opening = (name: string): string => `<!-- ${name} -->`;
const closing = (name: string): string => `<!-- /${name} -->`;

const sectionOf = ({ name, title, method }: Described, { machine, tables }: Measured): string =>
  `${opening(name)}
## ${title}

${method}

\`npm run bench -- ${name}\` on ${machine}:

${tables}
${closing(name)}
`;

function formerSection(readme: string, name: string): string {
  const from = readme.indexOf(opening(name));
  const to = readme.indexOf(closing(name));
  return from === -1 || to === -1 ? '' : `${readme.slice(from, to + closing(name).length)}\n`;
}

/** The page with one bench's section new and those of the others as they were, in the order of `all`. */
export function withSection(readme: string, all: readonly Described[], bench: Described, measured: Measured): string {
  const sections = all.map((one) =>
    one.name === bench.name ? sectionOf(bench, measured) : formerSection(readme, one.name),
  );
  return [HEAD, ...sections].filter((section) => section !== '').join('\n');
}

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.html': 'text/html',
  '.pdf': 'application/pdf',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export interface Example {
  readonly name: string;
  readonly form: FormData;
  readonly questions: readonly string[];
}

function filesBelow(dir: string, root = dir): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(dir, entry.name), root)
        : [relative(root, join(dir, entry.name)).split(sep).join('/')],
    )
    .sort();
}

/** Reads an example folder (`agent.json`, `sop.md`, `descriptions.json`, `questions.json`, `files/`) as a multipart create request. */
export function readExample(dir: string): Example {
  const json = <T>(name: string): T => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T;
  const agent = json<Record<string, string>>('agent.json');
  const form = new FormData();
  for (const [field, value] of Object.entries(agent)) form.append(field, value);
  form.append('sop', readFileSync(join(dir, 'sop.md'), 'utf8'));
  form.append('folderFileDescriptions', JSON.stringify(json<object>('descriptions.json')));
  for (const path of filesBelow(join(dir, 'files'))) {
    const type = CONTENT_TYPES[extname(path)] ?? 'application/octet-stream';
    form.append('files', new Blob([readFileSync(join(dir, 'files', path))], { type }), path);
  }
  const { demo } = json<{ demo: { question: string }[] }>('questions.json');
  return { name: agent.agentName ?? 'example', form, questions: demo.map(({ question }) => question) };
}

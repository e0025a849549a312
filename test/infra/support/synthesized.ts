import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { build } from '../../../scripts/build.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

export interface Synthesized {
  readonly data: Template;
  readonly app: Template;
  /** Of a stage with an ElizaOS server. */
  readonly eliza?: Template;
}

/** Synthesizes the app as `cdk.json` configures it, with some settings of stage `dev` replaced. Throws when cdk-nag finds something. */
async function synthesize<T>(settings: Readonly<Record<string, unknown>>, read: (app: App) => T): Promise<T> {
  await build();
  const { oratioApp } = await import('../../../infra/oratio-app.ts');
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const outdir = mkdtempSync(join(tmpdir(), 'oratio-synth-'));
  try {
    const stages = { ...context.stages, dev: { ...context.stages.dev, ...settings } };
    const app = oratioApp({ outdir, context: { ...context, stages } }, () => 'abcdef123456', Date.UTC(2026, 10, 21));
    app.synth();
    return read(app);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The constructs of the synthesized app. */
export const stageApp = (): Promise<App> => synthesize({}, (app) => app);

/** The templates of the synthesized app; those that another file of tests has synthesized from the same sources are taken from there. */
export async function synthesized(settings: Readonly<Record<string, unknown>> = {}): Promise<Synthesized> {
  await build();
  const path = join(KEPT, `${digestOf(settings)}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Synthesized;
  const templates = await synthesize(settings, (app) => {
    const template = (name: string): Template => app.synth().getStackArtifact(name).template;
    const other = app.node.tryFindChild('Eliza') === undefined ? {} : { eliza: template('Eliza') };
    return { data: template('Data'), app: template('App'), ...other };
  });
  mkdirSync(KEPT, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(templates));
  renameSync(draft, path);
  return templates;
}

const KEPT = 'build/test-templates';

/** Whatever a template is made from; the stamp stands for what the build takes in. */
function digestOf(settings: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(JSON.stringify(settings, (_, value) => value ?? null));
  const sources = globSync(['infra/**/*.ts', 'statemachines/*.json', 'cdk.json', 'build/stamp']);
  for (const path of sources.sort()) hash.update(`${path}\n`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** The properties of every resource of a type. */
export const propertiesOf = <T>(type: string, ...templates: readonly Template[]): T[] =>
  templates
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties as T);

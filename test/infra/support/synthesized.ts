import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { oratioApp } from '../../../infra/oratio-app.ts';
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
}

/** Synthesizes the app as `cdk.json` configures it, with some settings of stage `dev` replaced. Throws when cdk-nag finds something. */
async function synthesize<T>(settings: Readonly<Record<string, unknown>>, read: (app: App) => T): Promise<T> {
  await build();
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

/** The templates of the synthesized app. */
export const synthesized = (settings: Readonly<Record<string, unknown>> = {}): Promise<Synthesized> =>
  synthesize(settings, (app) => {
    const template = (name: string): Template => app.synth().getStackArtifact(name).template;
    return { data: template('Data'), app: template('App') };
  });

/** The properties of every resource of a type. */
export const propertiesOf = <T>(type: string, ...templates: readonly Template[]): T[] =>
  templates
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties as T);

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  readonly dir: string;
}

/** Synthesizes the app as `cdk.json` configures it, with some settings of stage `dev` replaced. Throws when cdk-nag finds something. */
export async function synthesized(settings: Readonly<Record<string, unknown>> = {}): Promise<Synthesized> {
  await build();
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const dir = mkdtempSync(join(tmpdir(), 'oratio-synth-'));
  const stages = { ...context.stages, dev: { ...context.stages.dev, ...settings } };
  oratioApp({ outdir: dir, context: { ...context, stages } }, () => 'abcdef123456').synth();
  const template = (name: string): Template => JSON.parse(readFileSync(join(dir, `${name}.template.json`), 'utf8'));
  return { data: template('Data'), app: template('App'), dir };
}

export const resourcesOf = (type: string, ...templates: readonly Template[]): [string, Resource][] =>
  templates.flatMap(({ Resources }) => Object.entries(Resources).filter(([, { Type }]) => Type === type));

/** The values of a property of every resource of a type. */
export const propertiesOf = <T>(type: string, ...templates: readonly Template[]): T[] =>
  resourcesOf(type, ...templates).map(([, { Properties }]) => Properties as T);

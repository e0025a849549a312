import type { Json, JsonObject } from '../core/service.ts';

/** A synthesized CloudFormation template, as far as the embedded cloud reads it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: Json }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface TemplateOutput {
  readonly Value: Json;
  readonly Export?: { readonly Name: Json };
  readonly Condition?: string;
}

/** A stack of the assembly with its template. */
export interface Stack {
  readonly name: string;
  readonly template: Template;
}

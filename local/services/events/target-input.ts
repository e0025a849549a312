import type { Json, JsonObject } from '../../core/service.ts';
import type { Rule, Target } from './rules.ts';

/** What a target is given for an event: the event itself, a part of it, a constant, or what its transformer makes. */
export const targetInput = (rule: Rule, target: Target, event: JsonObject): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const named = Object.entries(InputPathsMap).map(([name, path]) => [name, atPath(event, path)] as const);
  return fillTemplate(InputTemplate, { ...predefined(rule, event), ...Object.fromEntries(named) });
};

/** Variables that every template may use (user guide, "EventBridge input transformation"). */
const predefined = (rule: Rule, event: JsonObject): Record<string, Json | undefined> => {
  const { detail: _detail, ...withoutDetail } = event;
  return {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': withoutDetail,
    'aws.events.event.json': event,
  };
};

/** Within quotes a variable becomes text, elsewhere JSON. A variable without a value becomes the empty text. */
const fillTemplate = (template: string, variables: Readonly<Record<string, Json | undefined>>): string => {
  let quoted = false;
  return template.replaceAll(/\\.|"|<([\w.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined) return found;
    const value = variables[name];
    if (!quoted) return value === undefined ? '""' : JSON.stringify(value);
    return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value ?? '')).slice(1, -1);
  });
};

/** Follows the simple JSON path of a transformer: `$.detail.items[0].name`. */
const atPath = (event: Json, path: string): Json | undefined => {
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  return steps.reduce<Json | undefined>((value, step) => {
    if (value === null || typeof value !== 'object') return undefined;
    return Array.isArray(value) ? value[Number(step)] : value[step];
  }, event);
};

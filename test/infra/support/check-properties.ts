import type { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Specification = ReturnType<typeof loadAwsServiceSpecSync>;

type PropertyType =
  | { readonly type: 'string'; readonly allowedValues?: readonly string[] }
  | { readonly type: 'integer' | 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { readonly type: 'array' | 'map'; readonly element: PropertyType }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'union'; readonly types: readonly PropertyType[] };

type Fields = Readonly<Record<string, { readonly type: PropertyType; readonly required?: boolean }>>;

/** `Ref` and functions are resolved by CloudFormation: their value cannot be judged here. */
const isIntrinsic = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name === 'Condition' || (name?.startsWith('Fn::') ?? false));
};

/** Where `value` differs from what CloudFormation's specification says of a resource type, in words; empty when it does not. */
export function propertyErrors(value: unknown, { properties }: { properties: object }, db: Specification): string[] {
  return fieldErrors(value, properties as Fields, '', db);
}

function fieldErrors(value: unknown, fields: Fields, path: string, db: Specification): string[] {
  if (isIntrinsic(value)) return [];
  if (typeof value !== 'object' || value === null) return [`${path}: not an object`];
  const missing = Object.entries(fields)
    .filter(([name, field]) => field.required && !(name in value))
    .map(([name]) => `${path}.${name}: required`);
  const wrong = Object.entries(value).flatMap(([name, child]) => {
    const field = fields[name];
    return field ? valueErrors(child, field.type, `${path}.${name}`, db) : [`${path}.${name}: unknown property`];
  });
  return [...missing, ...wrong];
}

const expected = (holds: boolean, path: string, what: string): string[] => (holds ? [] : [`${path}: not ${what}`]);

function valueErrors(value: unknown, type: PropertyType, path: string, db: Specification): string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'string':
      return stringErrors(value, type.allowedValues, path);
    case 'integer':
    case 'number':
      return expected(typeof value !== 'boolean' && Number.isFinite(Number(value)), path, 'a number');
    case 'boolean':
      return expected([true, false, 'true', 'false'].includes(value as string), path, 'a boolean');
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => valueErrors(item, type.element, `${path}[${index}]`, db))
        : [`${path}: not a list`];
    case 'map':
      return Object.entries(value as object).flatMap(([key, item]) =>
        valueErrors(item, type.element, `${path}.${key}`, db),
      );
    case 'ref':
      return fieldErrors(value, db.get('typeDefinition', type.reference.$ref).properties as Fields, path, db);
    case 'union':
      return fewest(type.types.map((one) => valueErrors(value, one, path, db)));
    default:
      return [];
  }
}

function stringErrors(value: unknown, allowed: readonly string[] | undefined, path: string): string[] {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return [`${path}: not a string`];
  return expected(!allowed || allowed.includes(String(value)), path, `one of ${allowed?.join(', ')}`);
}

const fewest = (alternatives: readonly string[][]): string[] =>
  alternatives.toSorted((a, b) => a.length - b.length)[0] ?? [];

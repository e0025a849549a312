import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { SHORT_CHANNEL_WORDS, STATUS_WORDS, TYPE_WORDS } from './words.ts';

const OPERATORS = ['=', '!=', ':', '!:'] as const;

const property = (key: string, label: string, group: string) => ({
  key,
  propertyLabel: label,
  groupValuesLabel: group,
  operators: [...OPERATORS],
});

/** What the agents can be filtered by. */
export const FILTER_PROPERTIES = [
  property('agentName', 'Name', 'Names'),
  property('status', 'Status', 'Statuses'),
  property('type', 'Type', 'Types'),
  // One line of all of them: it holds one, or does not.
  { ...property('channels', 'Channel', 'Channels'), operators: [':', '!:'] as const, defaultOperator: ':' as const },
  property('number', 'Number', 'Numbers'),
] as const;

/** Values to choose from; names and numbers are typed. */
export const FILTER_OPTIONS: readonly PropertyFilterProps.FilteringOption[] = [
  ...Object.values(STATUS_WORDS).map((value) => ({ propertyKey: 'status', value })),
  ...Object.values(TYPE_WORDS).map((value) => ({ propertyKey: 'type', value })),
  ...Object.values(SHORT_CHANNEL_WORDS).map((value) => ({ propertyKey: 'channels', value })),
];

const isToken = (value: unknown): value is PropertyFilterProps.Token =>
  typeof value === 'object' && value !== null && 'operator' in value && 'value' in value;

/** A filter as the address carries it; an address that somebody has mangled filters nothing. */
export function readFilter(text: string | null): PropertyFilterProps.Query {
  const none: PropertyFilterProps.Query = { tokens: [], operation: 'and' };
  if (text === null) return none;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || !('tokens' in read) || !Array.isArray(read.tokens)) return none;
    const operation = 'operation' in read && read.operation === 'or' ? 'or' : 'and';
    return { tokens: read.tokens.filter(isToken), operation };
  } catch {
    return none;
  }
}

/** Undefined where nothing is filtered. */
export const writeFilter = ({ tokens, operation }: PropertyFilterProps.Query): string | undefined =>
  tokens.length === 0 ? undefined : JSON.stringify({ tokens, operation });

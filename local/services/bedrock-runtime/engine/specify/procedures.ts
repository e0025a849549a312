import { asSentence, type ClauseText, handsOver, spokenWords, toolName } from './clause.ts';
import { type Field, fieldsAskedIn, withForms } from './fields.ts';

export type Outcome =
  | { readonly kind: 'look_up'; readonly query: string; readonly note?: string }
  | { readonly kind: 'hand_off'; readonly reason: string; readonly text?: string };

export interface Rule {
  readonly field: string;
  readonly test: 'older_than_days' | 'greater_than';
  readonly value: number;
  readonly outcome: Outcome;
  readonly clauseIds: readonly string[];
}

export interface Procedure {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly rules: readonly Rule[];
  readonly otherwise: Outcome;
  readonly clauseIds: readonly string[];
}

const MAX_PROCEDURES = 16;
const MAX_FIELDS = 8;
/** Sections about how to talk, not about what customers come for. */
const NOT_A_TASK =
  /\b(?:greet|welcome|opening the|hand(?:ing)? ?over|hand-?off|escalat|transfer|clos(?:e|ing)|ending|never|tone|style|privacy|security|prohibited|forbidden)\b/i;

/** The tasks of an SOP: sections, or single conditional clauses, that have details collected. */
export function proceduresOf(clauses: readonly ClauseText[]): Procedure[] {
  const procedures: Procedure[] = [];
  for (const section of sectionsOf(clauses)) {
    if (NOT_A_TASK.test(section[0]?.heading ?? '')) continue;
    for (const task of tasksOf(section)) {
      const procedure = procedureOf(
        task,
        section,
        clauses,
        procedures.map(({ name }) => name),
      );
      if (procedure !== undefined && procedures.length < MAX_PROCEDURES) procedures.push(procedure);
    }
  }
  return procedures;
}

function sectionsOf(clauses: readonly ClauseText[]): ClauseText[][] {
  const sections: ClauseText[][] = [];
  for (const clause of clauses) {
    const last = sections.at(-1);
    if (last?.[0]?.heading === clause.heading) last.push(clause);
    else sections.push([clause]);
  }
  return sections;
}

const CONDITION =
  /^(?:if|when|whenever|for|to)\s+(.+?),\s*(?=(?:say|ask|collect|take|get|request|apologi|tell|then|please|first|always|note)\b)/i;

/** A clause that asks under a condition of its own is a task; the others of its section follow the section's first. */
function tasksOf(section: readonly ClauseText[]): ClauseText[][] {
  const asking = section.filter((clause) => clause.sentences.some((sentence) => fieldsAskedIn(sentence).length > 0));
  const starts = asking.filter(
    (clause, index) => index === 0 || (CONDITION.test(clause.text) && fieldsOf([clause]).length > 1),
  );
  return starts.map((start, index) => {
    if (/^(?:if|when)/i.test(start.text)) return [start];
    const from = section.indexOf(start);
    const next = starts[index + 1];
    return section.slice(from, next === undefined ? undefined : section.indexOf(next));
  });
}

const fieldsOf = (clauses: readonly ClauseText[]): Field[] =>
  clauses
    .flatMap((clause) => clause.sentences.flatMap(fieldsAskedIn))
    .filter((field, index, all) => all.findIndex(({ name }) => name === field.name) === index)
    .slice(0, MAX_FIELDS);

function procedureOf(
  task: readonly ClauseText[],
  section: readonly ClauseText[],
  clauses: readonly ClauseText[],
  taken: readonly string[],
): Procedure | undefined {
  const start = task[0];
  const fields = withForms(fieldsOf(task), clauses);
  if (start === undefined || fields.length === 0) return undefined;
  const condition = CONDITION.exec(start.text)?.[1];
  const isWholeSection =
    section.indexOf(start) === section.findIndex((clause) => fieldsOf([clause]).length > 0) &&
    !/^(?:if|when)/i.test(start.text);
  const title =
    isWholeSection || section.length === task.length ? start.heading || condition : (condition ?? start.heading);
  const name = toolName(
    (title ?? start.text).replace(
      /^(?:the |a )?(?:customer|caller|guest|patient|client|somebody|someone)\s+(?:is|has|wants? to|asks? (?:to|for|about)|would like to)?\s*/i,
      '',
    ),
    taken,
  );
  const purpose = [title, condition ?? (start.heading === '' ? start.text : undefined)].filter(
    (part) => part !== undefined && part !== '',
  );
  const description = [...new Set(purpose)]
    .map((part) => asSentence(part ?? ''))
    .join(' ')
    .slice(0, 400);
  return {
    name,
    description: description === '' ? asSentence(start.text).slice(0, 400) : description,
    fields,
    rules: rulesOf(task, fields),
    otherwise: outcomeOf(task, section, title ?? name.replaceAll('_', ' '), fields),
    clauseIds: task.filter((clause) => isCarriedOut(clause, fields)).map((clause) => clause.id),
  };
}

/** Whether the procedure does what the clause says; the others stay guidance, word for word. */
const isCarriedOut = ({ sentences }: ClauseText, fields: readonly Field[]): boolean =>
  sentences.some(
    (sentence) =>
      fieldsAskedIn(sentence).length > 0 ||
      handsOver(sentence) ||
      fields.some(({ form }) => form !== undefined && sentence.includes(form.replace('for example ', ''))),
  );

/** "If the order is older than 30 days, hand over": only where a detail of that kind is collected. */
function rulesOf(task: readonly ClauseText[], fields: readonly Field[]): Rule[] {
  const date = fields.find((field) => field.kind === 'date');
  if (date === undefined) return [];
  return task.flatMap((clause) =>
    clause.sentences.flatMap((sentence): Rule[] => {
      const days = /\b(?:older than|more than|over|longer than) (\d+) days\b/i.exec(sentence)?.[1];
      if (days === undefined || !handsOver(sentence)) return [];
      const outcome: Outcome = { kind: 'hand_off', reason: asSentence(sentence).slice(0, 200) };
      return [{ field: date.name, test: 'older_than_days', value: Number(days), outcome, clauseIds: [clause.id] }];
    }),
  );
}

const CONSULTS =
  /\b(?:recommend|suggest|quote|look (?:it |this |them )?up|search|from the (?:\w+ )?(?:catalogue|catalog|documents?|list|guide|menu|brochure|policy|terms))\b/i;

/** Details are collected so that somebody acts on them, unless the clauses say that the documents decide. */
function outcomeOf(
  task: readonly ClauseText[],
  section: readonly ClauseText[],
  title: string,
  fields: readonly Field[],
): Outcome {
  const sentences = task.flatMap((clause) => clause.sentences);
  const toPerson = sentences.some(handsOver) || section.some((clause) => clause.sentences.some(handsOver));
  if (!sentences.some(handsOver) && sentences.some((sentence) => CONSULTS.test(sentence))) {
    const query = `${title} ${fields.map((field) => `{${field.name}}`).join(' ')}`;
    return { kind: 'look_up', query: query.slice(0, 300) };
  }
  const told = sentences.map(spokenWords).find((words) => words !== undefined);
  const text =
    told ?? (toPerson ? undefined : "Thank you. I've noted everything, and a colleague will take care of it.");
  return {
    kind: 'hand_off',
    reason: asSentence(title).slice(0, 200),
    ...(text === undefined
      ? {}
      : { text: `${told === undefined ? '' : "I'm passing this on to a colleague. "}${text}`.slice(0, 600) }),
  };
}

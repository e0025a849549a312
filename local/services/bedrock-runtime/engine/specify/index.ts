import type { Reading, Reply } from '../messages.ts';
import { asSentence, type ClauseText, handsOver, readClauses, spokenWords } from './clause.ts';
import { type Procedure, proceduresOf } from './procedures.ts';

interface Statement {
  readonly text: string;
  readonly clauseIds: readonly string[];
}

/** Told by the shape of a tool's schema: it wants procedures, refusals and a hand-off drawn from numbered clauses. */
export const specificationTool = (reading: Reading): string | undefined =>
  reading.tools.find(({ schema }) =>
    ['greeting', 'procedures', 'refusals', 'handoff'].every((name) => Object.hasOwn(schema.properties, name)),
  )?.name;

/** Submits a specification; ends the turn once it has been accepted, or when a correction would be the same again. */
export function submitSpecification(reading: Reading, toolName: string): Reply {
  const last = reading.toolAnswers.at(-1);
  if (last === undefined)
    return { kind: 'tool', name: toolName, input: { ...specificationOf(reading.userTexts.at(-1) ?? '') } };
  return { kind: 'text', text: last.json.accepted === true ? 'Done.' : 'I cannot mend this specification.' };
}

/** The specification of an agent, drawn from the clauses of a request by their wording. */
export function specificationOf(request: string) {
  const clauses = readClauses(request);
  const agentName = /^Agent: (.+)$/m.exec(request)?.[1]?.trim() ?? 'the assistant';
  const procedures = proceduresOf(clauses);
  const greeting = greetingOf(clauses, agentName);
  const refusals = clauses.flatMap(refusalsIn);
  const knowledge = knowledgeOf(clauses);
  return {
    greeting,
    style: clauses
      .filter((clause) => isStyle(clause) && !greeting.clauseIds.includes(clause.id))
      .map(asStatement)
      .slice(0, 100),
    guidance:
      greeting.clauseIds.length === 0
        ? []
        : clauses
            .filter((clause) => greeting.clauseIds.includes(clause.id) && clause.sentences.length > 1)
            .map(asStatement),
    procedures,
    refusals: refusals.slice(0, 100),
    handoff: { triggers: clauses.flatMap((clause) => triggersIn(clause, procedures)) },
    knowledge,
  };
}

const asStatement = ({ id, text }: ClauseText): Statement => ({ text: text.slice(0, 600), clauseIds: [id] });

function greetingOf(clauses: readonly ClauseText[], agentName: string): Statement {
  const clause = clauses.find(
    ({ text }) =>
      /\b(?:greet|welcome|open (?:the|each|every)|answer (?:the|every|each) (?:phone|call)|begin|start by saying)\b/i.test(
        text,
      ) && /["“][^"”]+["”]/.test(text),
  );
  const quoted = /["“]([^"”]+)["”]/.exec(clause?.text ?? '')?.[1];
  const opening = asSentence(quoted ?? `Welcome to ${agentName}`);
  return {
    text: (opening.endsWith('?') ? opening : `${opening} How can I help you?`).slice(0, 600),
    clauseIds: clause === undefined ? [] : [clause.id],
  };
}

const isStyle = ({ text }: ClauseText): boolean =>
  /^(?:speak|talk|be (?:polite|friendly|warm|brief|calm|patient|kind|courteous|professional|concise)|use (?:a |plain|simple|short|everyday|the (?:caller|customer|guest|patient)'s name)|keep (?:it|answers|sentences|your)|answer (?:in|briefly|politely)|address|stay|avoid (?:jargon|slang|technical)|sound|smile)\b/i.test(
    text,
  );

const REFUSE =
  /^(?:never|do not|don't|we (?:do not|don't|never|cannot)|you (?:must|may|can) ?not|under no circumstances|it is forbidden to)\s+(?:ever\s+)?(promise|offer|give(?: out)?|grant|guarantee|quote|discuss|disclose|share|sell|recommend|prescribe|diagnose|waive|provide|accept|confirm|make|commit to|agree to|reveal)\s+(.+)$/i;

/** "Never promise: a delivery date" and "Never promise a delivery date" alike. */
function refusalsIn({ id, sentences }: ClauseText): { topic: string; reply: string; clauseIds: string[] }[] {
  return sentences.flatMap((sentence, index) => {
    const match = REFUSE.exec(sentence.replace(/^(\S+ \S+(?: \S+)?):\s+/, '$1 '));
    const verb = match?.[1]?.toLowerCase();
    const object = match?.[2]?.replace(/[.!]$/, '').trim();
    if (verb === undefined || object === undefined || /\b(?:before|until|unless|without)\b/i.test(object)) return [];
    const rest = sentences.slice(index + 1);
    const asked = rest
      .map(
        (next) =>
          /\basks? (?:whether|if|about|for) (?:.*? (?:helps? with|about|for) )?(.+?),\s*(?:say|tell|answer|explain|reply|then|you)\b/i.exec(
            next,
          )?.[1],
      )
      .find((topic) => topic !== undefined);
    const told = [sentence, ...rest].map(spokenWords).find((words) => words !== undefined);
    const bare = object.replace(/\s+(?:that|which) (?:is|are) not\b.*$/i, '');
    return [
      {
        topic: [object, ...(asked === undefined ? [] : [asked])].join(', ').slice(0, 200),
        reply: (told ?? `I'm sorry, I can't ${verb} ${bare}.`).slice(0, 600),
        clauseIds: [id],
      },
    ];
  });
}

/** Sentences that hand over at once. Where details are collected first, the procedure does it. */
function triggersIn({ id, heading, sentences, text }: ClauseText, procedures: readonly Procedure[]): Statement[] {
  const isOfProcedure = procedures.some((procedure) => procedure.clauseIds.includes(id));
  const isInSection = /\b(?:hand(?:ing)? ?over|hand-?off|escalat|transfer)/i.test(heading);
  return sentences.flatMap((sentence): Statement[] => {
    if (!handsOver(sentence) || /^before\b/i.test(sentence)) return [];
    if (isOfProcedure && !/\bat once\b|\bimmediately\b|\bstraight away\b/i.test(sentence)) return [];
    const condition =
      /\b(?:if|when|whenever|in case)\b\s+(.+?)(?:,\s*(?:hand|transfer|escalate|pass|forward|connect|say|apologi|tell|always)\b.*)?$/i.exec(
        sentence,
      )?.[1] ??
      /\b(?:person|human|colleague|team|manager|supervisor|staff)\b\s+(?:for|in case of|about)\s+(.+)$/i.exec(
        sentence,
      )?.[1] ??
      (isInSection ? /:\s*(.+)$/.exec(text)?.[1] : undefined);
    return condition === undefined
      ? []
      : [{ text: asSentence(condition.replace(/[.]$/, '')).slice(0, 600), clauseIds: [id] }];
  });
}

function knowledgeOf(clauses: readonly ClauseText[]): { description: string; clauseIds: string[] } {
  const about = clauses.filter(
    ({ text }) =>
      /\b(?:search|look (?:it |this |them )?up|documents?|knowledge base|catalogue|catalog|handbook|price list|brochure)\b/i.test(
        text,
      ) && !/^never\b/i.test(text),
  );
  return {
    description: 'Questions about products, services, prices, times and terms.',
    clauseIds: about.map(({ id }) => id),
  };
}

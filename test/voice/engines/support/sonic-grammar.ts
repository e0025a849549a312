/**
 * The input grammar of Nova Sonic, written down anew from the user guide so that the codec is checked by somebody else:
 * sessionStart promptStart SYSTEM-text history* AUDIO-start (audio | text | tool result)* AUDIO-end promptEnd sessionEnd.
 */
type Fields = Readonly<Record<string, unknown>>;

interface Grammar {
  readonly errors: string[];
  readonly open: Map<string, { readonly type: string; pieces: number }>;
  readonly names: Set<string>;
  phase: 'none' | 'session' | 'prompt' | 'audio' | 'prompt-ended' | 'ended';
  promptName: unknown;
  audio: string | undefined;
  systems: number;
  history: number;
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});

const must = (grammar: Grammar, holds: boolean, complaint: string): void => {
  if (!holds) grammar.errors.push(complaint);
};

const startText = (grammar: Grammar, { role, interactive }: Fields): void => {
  if (role === 'SYSTEM') {
    grammar.systems += 1;
    must(grammar, grammar.history === 0 && grammar.phase === 'prompt', 'a system prompt too late');
  } else if (grammar.phase === 'prompt') {
    must(grammar, grammar.history > 0 || role === 'USER', 'a history that the caller does not begin');
    must(grammar, interactive === false, 'an interactive history');
    grammar.history += 1;
    must(grammar, grammar.history <= 40, 'more than 40 messages of history');
  } else must(grammar, role === 'USER', 'text during the call that is not the caller’s');
};

const startContent = (grammar: Grammar, body: Fields): void => {
  const name = String(body.contentName);
  must(grammar, grammar.phase === 'prompt' || grammar.phase === 'audio', 'a content out of place');
  must(grammar, !grammar.names.has(name), `content ${name} is used twice`);
  must(
    grammar,
    [...grammar.open.keys()].every((other) => other === grammar.audio),
    `${name} begins inside another`,
  );
  grammar.names.add(name);
  grammar.open.set(name, { type: String(body.type), pieces: 0 });
  if (body.type === 'AUDIO') {
    must(grammar, grammar.audio === undefined, 'a second audio container');
    must(grammar, grammar.systems === 1, 'audio without one system prompt');
    grammar.audio = name;
    grammar.phase = 'audio';
  } else if (body.type === 'TOOL') {
    must(grammar, grammar.phase === 'audio', 'a tool result before the conversation');
    must(grammar, body.role === 'TOOL' && body.interactive === false, 'a tool result in a wrong role');
  } else startText(grammar, body);
};

const takePiece = (grammar: Grammar, type: string, body: Fields): void => {
  const content = grammar.open.get(String(body.contentName));
  must(grammar, content?.type === type, `a piece outside a ${type} container`);
  if (content) content.pieces += 1;
  must(grammar, typeof body.content === 'string', 'a piece without content');
  must(grammar, type !== 'TEXT' || Buffer.byteLength(String(body.content)) <= 1024, 'a textInput over 1 KB');
};

const RULES: Readonly<Record<string, (grammar: Grammar, body: Fields) => void>> = {
  sessionStart: (grammar) => {
    must(grammar, grammar.phase === 'none', 'a second session');
    grammar.phase = 'session';
  },
  promptStart: (grammar, { promptName }) => {
    must(grammar, grammar.phase === 'session', 'a prompt out of place');
    grammar.promptName = promptName;
    grammar.phase = 'prompt';
  },
  contentStart: startContent,
  textInput: (grammar, body) => takePiece(grammar, 'TEXT', body),
  audioInput: (grammar, body) => takePiece(grammar, 'AUDIO', body),
  toolResult: (grammar, body) => takePiece(grammar, 'TOOL', body),
  contentEnd: (grammar, { contentName }) => {
    const content = grammar.open.get(String(contentName));
    must(grammar, content !== undefined, 'the end of a content that is not open');
    must(grammar, content?.type === 'AUDIO' || content?.pieces !== 0, 'an empty content');
    grammar.open.delete(String(contentName));
  },
  promptEnd: (grammar) => {
    must(grammar, grammar.open.size === 0, 'the end of a prompt with open contents');
    grammar.phase = 'prompt-ended';
  },
  sessionEnd: (grammar) => {
    must(grammar, grammar.phase === 'prompt-ended', 'the end of a session with an open prompt');
    grammar.phase = 'ended';
  },
};

/** Complaints about a sequence of input events; none when it is grammatical so far. */
export const sonicGrammarErrors = (events: readonly unknown[]): string[] => {
  const grammar: Grammar = {
    errors: [],
    open: new Map(),
    names: new Set(),
    phase: 'none',
    promptName: undefined,
    audio: undefined,
    systems: 0,
    history: 0,
  };
  for (const event of events) {
    const [kind, raw] = Object.entries(fields(fields(event).event))[0] ?? ['nothing', {}];
    const body = fields(raw);
    must(grammar, grammar.phase !== 'ended', `${kind} after the end`);
    const isNamed = !['sessionStart', 'promptStart', 'sessionEnd'].includes(kind);
    must(grammar, !isNamed || body.promptName === grammar.promptName, `${kind} of another prompt`);
    const rule = RULES[kind];
    if (rule) rule(grammar, body);
    else grammar.errors.push(`an unknown event ${kind}`);
  }
  return grammar.errors;
};

/** A state machine in Amazon States Language, as far as its picture needs it. */
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Machine[];
  readonly ItemProcessor?: Machine;
}

/** A state that does something; choices and waits between them are arrows. */
export type Part =
  | { readonly kind: 'task'; readonly name: string }
  | { readonly kind: 'parallel'; readonly name: string; readonly branches: readonly (readonly Part[])[] }
  /** Done once for each item. */
  | { readonly kind: 'map'; readonly name: string };

export interface Picture {
  /** In the order in which a run that succeeds goes through them. */
  readonly main: readonly Part[];
  /** What happens when one of them fails. */
  readonly onFailure: readonly Part[];
}

const DOES = ['Task', 'Parallel', 'Map'];

const nextsOf = ({ Next, Default, Choices = [] }: State): readonly string[] =>
  [Next, ...Choices.map((choice) => choice.Next), Default].filter((name) => name !== undefined);

const catchesOf = (machine: Machine): readonly string[] => [
  ...new Set(Object.values(machine.States).flatMap(({ Catch = [] }) => Catch.map(({ Next }) => Next))),
];

/** The states that do something, from one of them on; a loop back is not followed. */
function walk(machine: Machine, from: string, avoid: ReadonlySet<string>): readonly Part[] {
  const seen = new Set<string>();
  const parts: Part[] = [];
  const visit = (name: string): void => {
    const state = machine.States[name];
    if (state === undefined || seen.has(name) || avoid.has(name)) return;
    seen.add(name);
    if (DOES.includes(state.Type)) parts.push(partOf(name, state));
    // The furthest way first is the default of none of ours: a start that skips ahead is a choice, not the default.
    const nexts = nextsOf(state);
    for (const next of name === machine.StartAt ? nexts.toReversed() : nexts) visit(next);
  };
  visit(from);
  return parts;
}

function partOf(name: string, state: State): Part {
  if (state.Type === 'Parallel') {
    const branches = (state.Branches ?? []).map((branch) => walk(branch, branch.StartAt, new Set()));
    return { kind: 'parallel', name, branches };
  }
  return { kind: state.Type === 'Map' ? 'map' : 'task', name };
}

/** What a machine looks like: its way to success, and its way out of failure. */
export function pictureOf(machine: Machine): Picture {
  const caught = catchesOf(machine);
  const main = walk(machine, machine.StartAt, new Set(caught));
  const done = new Set(main.map(({ name }) => name));
  const first = caught.find((name) => machine.States[name]?.Type === 'Task' && !done.has(name)) ?? '';
  return { main, onFailure: walk(machine, first, done) };
}

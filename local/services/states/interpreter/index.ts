export type { StateMachineDefinition } from './definition.ts';
export { Interruption } from './errors.ts';
export { type Checkpoint, type Journal, memoryJournal } from './journal.ts';
export { functionOf, type InvokeLambda, lambdaTask } from './lambda-task.ts';
export { parseDefinition } from './parse-definition.ts';
export type { ExecutionEnd, HistoryEntry, InterpreterPorts, TaskRequest } from './ports.ts';
export { runExecution } from './run-execution.ts';

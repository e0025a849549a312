export type { StateMachineDefinition } from './definition.ts';
export { Interruption, StatesError } from './errors.ts';
export { type Checkpoint, type Journal, memoryJournal } from './journal.ts';
export { functionOf, type InvokeLambda, type LambdaAnswer, lambdaTask } from './lambda-task.ts';
export { InvalidDefinition, parseDefinition } from './parse-definition.ts';
export type { ExecutionEnd, ExecutionRequest, HistoryEntry, InterpreterPorts, TaskRequest } from './ports.ts';
export { runExecution } from './run-execution.ts';

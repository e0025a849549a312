export type { AnswerOf, BodyOf, InputOf, ItemOf, OperationId, PagedOperationId, QueryOf } from './operation-types.ts';
export {
  createOratioClient,
  type OratioAnswer,
  type OratioClient,
  type OratioClientOptions,
} from './oratio-client.ts';
export { OratioProblem, type ProblemPlace } from './oratio-problem.ts';

export type { OperatorMessage } from '../shared/live/operator-messages.ts';
export type { AnswerOf, BodyOf, InputOf, ItemOf, OperationId, PagedOperationId, QueryOf } from './operation-types.ts';
export { type FeedState, type OperatorFeed, type OperatorFeedOptions, operatorFeed } from './operator-feed.ts';
export {
  createOratioClient,
  type OratioAnswer,
  type OratioClient,
  type OratioClientOptions,
} from './oratio-client.ts';
export { OratioProblem, type ProblemPlace } from './oratio-problem.ts';
export { type UploadForm, type UploadOptions, type UploadProgress, uploadFiles } from './upload-files.ts';

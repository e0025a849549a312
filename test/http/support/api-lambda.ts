import { httpLambda as lambdaOf } from '../../../shared/http/http-lambda.ts';
import { OPERATIONS } from '../../../shared/http/operations.ts';

/** A Lambda of any operations of the API. */
export const httpLambda = lambdaOf(OPERATIONS);

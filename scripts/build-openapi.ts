import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { API_PREFIX, LEGACY_PREFIX, type Operation } from '../shared/http/operation.ts';
import {
  COMMON_PROBLEMS,
  type DocumentedResponse,
  OPERATION_DOCS,
  type OperationDocs,
} from '../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId, prefixesOf } from '../shared/http/operations.ts';
import { PROBLEMS, type ProblemCode, problem, problemDocument } from '../shared/kernel/problems.ts';
import { asyncApiDocument } from '../shared/voice/protocol/asyncapi.ts';
import { webSocketPage } from './websocket-page.ts';

const SCALAR = fileURLToPath(
  new URL('../node_modules/@scalar/api-reference/dist/browser/standalone.js', import.meta.url),
);

const HEADERS: Readonly<Record<string, string>> = {
  'Idempotency-Key': '1 to 255 visible ASCII characters. A repetition within a day gets the first answer again.',
  'If-Match': 'ETag of the agent as you read it; 412 when it has changed since.',
  'If-None-Match': 'ETag of the copy you have; 304 when it is still good.',
};

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    requestId: z.string(),
    retryable: z.boolean(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string(), code: z.string().optional() })),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, with a stable code and pointers to what is wrong.' });

/** API Gateway has words of its own when it turns a request away before any function sees it, or gets no answer. */
const GatewayRefusal = z
  .object({ message: z.string() })
  .meta({ id: 'GatewayRefusal', example: { message: 'Unauthorized' } });
const REFUSED_BY_GATEWAY: readonly number[] = [401, 413, 429, 500, 503, 504];

const operationOf = (id: OperationId): Operation => OPERATIONS[id];
const docsOf = (id: OperationId): OperationDocs => OPERATION_DOCS[id];

/** Where an operation stands among the others, by its path; the first that fits. */
const TAGS: readonly (readonly [RegExp, string])[] = [
  [/^\/agents\/.*\/api-keys/, 'API keys'],
  [/^\/agents\/.*\/voice|^\/voice-/, 'Voice'],
  [/^\/customers|^\/agents\/.*\/customers/, 'Customers'],
  [/^\/agents/, 'Agents'],
  [/^\/knowledge/, 'Knowledge bases'],
  [/^\/calls/, 'Calls'],
];

/** The OpenAPI 3.1 document of the whole API, derived from the table of operations. */
export function openApiDocument() {
  const ids = Object.keys(OPERATIONS) as OperationId[];
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const id of ids) {
    for (const prefix of prefixesOf(id)) {
      const { method, path } = operationOf(id);
      const address = `${prefix}${path}`;
      paths[address] = { ...paths[address], [method.toLowerCase()]: operationObject(id, prefix) };
    }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Oratio',
      version: 'v1',
      description: `An SOP and its files become a working AI agent. Canonical paths begin with ${API_PREFIX}; those of agents are served under ${LEGACY_PREFIX}/agents too, as the creation service named them. Calls are held over a WebSocket: its messages are described [here](/docs/websocket).`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This stage' }],
    tags: [...TAGS.map(([, name]) => ({ name })), { name: 'Service' }, { name: 'Creation service paths' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of the user pool.' },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'ok_…',
          description: 'API key of the agent that is asked about: `POST /agents/{agentId}/api-keys`.',
        },
      },
    },
  });
}

function operationObject(id: OperationId, prefix: string): ZodOpenApiOperationObject {
  const { scope, credentials, path, query, body } = operationOf(id);
  const { summary, responses, problems, headers = [] } = docsOf(id);
  const isAlias = prefix === LEGACY_PREFIX;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name));
  const headerParameters = headers.map((name) => headerParameter(name));
  return {
    operationId: isAlias ? `${id}Alias` : id,
    summary,
    tags: [isAlias ? 'Creation service paths' : tagOf(path)],
    ...(scope === null ? { security: [] } : { 'x-scope': `oratio/${scope}` }),
    ...(credentials === 'token-or-key' ? { security: [{ token: [] }, { apiKey: [] }] } : {}),
    ...(parameters.length + headerParameters.length > 0 ? { parameters: [...parameters, ...headerParameters] } : {}),
    ...(query === undefined ? {} : { requestParams: { query } }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, responseObject(response)])),
      ...problemResponses([...new Set([...problems, ...(scope === null ? [] : COMMON_PROBLEMS)])]),
    },
  };
}

const tagOf = (path: string): string => TAGS.find(([pattern]) => pattern.test(path))?.[1] ?? 'Service';

const pathParameter = (name: string) => ({
  name,
  in: 'path' as const,
  required: true,
  schema: { type: 'string' as const, ...(name.endsWith('Id') ? { format: 'uuid' } : {}) },
});

const headerParameter = (name: string) => ({
  name,
  in: 'header' as const,
  required: false,
  description: HEADERS[name] ?? name,
  schema: { type: 'string' as const },
});

function bodyContent({ accepts, schema }: NonNullable<Operation['body']>) {
  const json = { 'application/json': { schema } };
  if (accepts === 'form') return { 'application/x-www-form-urlencoded': { schema } };
  if (accepts === 'json') return json;
  if (accepts === 'raw') return { 'application/json': { schema: z.record(z.string(), z.unknown()) } };
  return { ...json, 'multipart/form-data': { schema: formSchema(schema) } };
}

/** The same fields as a form sends them: nested ones as JSON strings, files as files. */
function formSchema(schema: z.ZodObject) {
  const jsonString = z.string().meta({ contentMediaType: 'application/json' });
  const files = z.array(z.string().meta({ format: 'binary' })).meta({
    description: 'The file name of each part is the path: `products/catalogue.pdf`.',
  });
  const { files: _declared, folderFileDescriptions: _descriptions, ...shape } = schema.shape;
  return z.strictObject({
    ...shape,
    ...('removeFiles' in shape ? { removeFiles: jsonString.optional() } : {}),
    folderFileDescriptions: jsonString.optional(),
    files: files.optional(),
  });
}

const responseObject = ({ description, schema, contentType = 'application/json' }: DocumentedResponse) => ({
  description,
  ...(schema === undefined ? {} : { content: { [contentType]: { schema } } }),
});

/** One response a status, with an example of each problem that has it. */
function problemResponses(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      {
        description: ofStatus.map((code) => PROBLEMS[code].title).join(' · '),
        content: {
          'application/problem+json': {
            schema: Problem,
            examples: Object.fromEntries(ofStatus.map((code) => [code, { value: exampleOf(code) }])),
          },
          ...(REFUSED_BY_GATEWAY.includes(status) ? { 'application/json': { schema: GatewayRefusal } } : {}),
        },
      },
    ]),
  );
}

const exampleOf = (code: ProblemCode) =>
  problemDocument(problem(code, PROBLEMS[code].title), { requestId: 'Jx2m1iE5oAMEVrw=', instance: '/api/v1/agents' });

/** Scalar's page with all operations in sight, without its own services: nothing may leave the stage's origin. */
const SCALAR_SETTINGS = {
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  telemetry: false,
  withDefaultFonts: false,
  defaultOpenAllTags: true,
};

/** A speech bubble. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 2h12v9H7l-3 3v-3H2z' fill='%23345'/%3E%3C/svg%3E";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Oratio API</title>
    <link rel="icon" href="${ICON}">
  </head>
  <body>
    <script id="api-reference" data-url="/openapi.json" data-configuration='${JSON.stringify(SCALAR_SETTINGS)}'></script>
    <script src="/docs/scalar.js"></script>
  </body>
</html>
`;

/** Writes what describe-service serves to `outDir`: both descriptions of the API, their pages, and the script of one, compressed. */
export async function buildDescribeServiceAssets(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await Promise.all([
    writeFile(join(outDir, 'openapi.json'), JSON.stringify(openApiDocument())),
    writeFile(join(outDir, 'docs.html'), PAGE),
    writeFile(join(outDir, 'asyncapi.json'), JSON.stringify(asyncApiDocument())),
    writeFile(join(outDir, 'websocket.html'), webSocketPage(asyncApiDocument())),
    writeFile(join(outDir, 'scalar.js.gz'), gzipSync(await readFile(SCALAR), { level: 9 })),
  ]);
}

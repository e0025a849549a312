import type { Operation } from '../http/operation.ts';

/** Operations that are open to anybody: how the service is and how it is used. */
export const SERVICE_OPERATIONS = {
  getHealth: open('/health'),
  getVersion: open('/version'),
  getOpenApi: open('/openapi.json'),
  getAsyncApi: open('/asyncapi.json'),
  getDocs: open('/docs'),
  getDocsAsset: open('/docs/{asset}'),
  getTalk: open('/talk', 'serve-talk'),
  getTalkAsset: open('/talk/{asset}', 'serve-talk'),
} as const satisfies Record<string, Operation>;

function open<const Path extends string>(path: Path, functionName = 'describe-service') {
  return { method: 'GET' as const, path, functionName, scope: null };
}

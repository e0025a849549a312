import { createHash } from 'node:crypto';
import type { AgentRoles } from '../../../shared/provisioning/agent-roles.ts';
import type { AgentRuntimes, EndpointState, RuntimeState } from '../../../shared/provisioning/agent-runtimes.ts';
import { PermanentFailure } from '../../../shared/provisioning/failures.ts';
import type { DocumentState, KnowledgeEngine, VectorIndexes } from '../../../shared/provisioning/knowledge-engine.ts';
import type { Objects } from '../../../shared/provisioning/objects.ts';

/** Things that take a while: how many looks it takes until they are done. */
export interface Pace {
  readonly looks: number;
}

const settledAfter = ({ looks }: Pace) => {
  const left = new Map<string, number>();
  /** True once the thing has been looked at often enough. */
  return (what: string): boolean => {
    const remaining = left.get(what) ?? looks;
    left.set(what, remaining - 1);
    return remaining <= 0;
  };
};

/** Bedrock knowledge bases and their vector indexes; `verdicts` says what becomes of a document, by the end of its URI. */
export const fakeKnowledge = (pace: Pace = { looks: 1 }) => {
  const settled = settledAfter(pace);
  const bases = new Map<string, { name: string; indexArn: string; tags: object; deleting?: boolean }>();
  const sources = new Map<string, { base: string; name: string; prefix: string; deleting?: boolean }>();
  const jobs = new Map<string, { token: string; source: string }>();
  const indexes = new Set<string>();
  const documents = new Map<string, DocumentState>();
  const verdicts = new Map<string, DocumentState>();
  const limits = { bases: 100, busyJobs: 0 };
  const idOf = (name: string) => [...bases].find(([, base]) => base.name === name)?.[0];
  const engine: KnowledgeEngine = {
    ensureKnowledgeBase: async ({ name, indexArn, tags }) => {
      const existing = idOf(name);
      if (existing !== undefined) return existing;
      if (bases.size >= limits.bases) throw new PermanentFailure('KnowledgeBaseQuotaExceeded', 'no room');
      const id = `KB${bases.size}`;
      bases.set(id, { name, indexArn, tags });
      return id;
    },
    findKnowledgeBase: async (name) => idOf(name),
    describeKnowledgeBase: async (id) => {
      const base = bases.get(id);
      if (base === undefined) return undefined;
      if (base.deleting && settled(`gone ${id}`)) {
        bases.delete(id);
        return undefined;
      }
      const status = base.deleting ? 'deleting' : settled(`made ${id}`) ? 'active' : 'creating';
      return { status, reasons: [], indexArn: base.indexArn };
    },
    ensureDataSource: async ({ bedrockKnowledgeBaseId: base, name, prefix }) => {
      const existing = [...sources].find(([, source]) => source.base === base && source.name === name);
      if (existing) return existing[0];
      const id = `DS${sources.size}`;
      sources.set(id, { base, name, prefix });
      return id;
    },
    listDataSources: async (base) => {
      for (const [id, source] of sources) if (source.deleting && settled(`gone ${id}`)) sources.delete(id);
      return [...sources]
        .filter(([, source]) => source.base === base)
        .map(([dataSourceId, { name, deleting }]) => ({
          dataSourceId,
          name,
          status: deleting ? 'deleting' : 'available',
        }));
    },
    startIngestion: async ({ dataSourceId }, { token }) => {
      const same = [...jobs].find(([, job]) => job.token === token);
      if (same) return same[0];
      if (limits.busyJobs > 0) {
        limits.busyJobs -= 1;
        return undefined;
      }
      const id = `JOB${jobs.size}`;
      jobs.set(id, { token, source: dataSourceId });
      return id;
    },
    describeIngestion: async (_, id) => ({ status: settled(`job ${id}`) ? 'complete' : 'running', reasons: [] }),
    describeDocuments: async (_, uris) =>
      new Map(
        uris.map((uri): [string, DocumentState] => {
          const verdict = [...verdicts].find(([end]) => uri.endsWith(end))?.[1];
          const known = documents.get(uri);
          if (known?.status === 'deleting' && settled(`gone ${uri}`)) documents.set(uri, { status: 'absent' });
          return [uri, documents.get(uri) ?? verdict ?? { status: 'indexed' }];
        }),
      ),
    deleteDocuments: async (_, uris) => {
      for (const uri of uris) documents.set(uri, { status: 'deleting' });
    },
    deleteDataSource: async ({ dataSourceId }) => {
      const source = sources.get(dataSourceId);
      if (source) sources.set(dataSourceId, { ...source, deleting: true });
    },
    deleteKnowledgeBase: async (id) => {
      const base = bases.get(id);
      if (base) bases.set(id, { ...base, deleting: true });
    },
  };
  const vectorIndexes: VectorIndexes = {
    ensure: async (name) => {
      indexes.add(name);
      return `arn:index/${name}`;
    },
    remove: async (name) => {
      indexes.delete(name);
    },
  };
  return { engine, indexes: vectorIndexes, verdicts, limits, held: { bases, sources, jobs, indexes, documents } };
};

type FakeRuntime = Omit<RuntimeState, 'status'> & { name: string; tags: object; status?: RuntimeState['status'] };

/** AgentCore's runtimes; `failNext` makes the next change fail, `failNextMove` the next move of an endpoint. */
export const fakeRuntimes = (pace: Pace = { looks: 1 }) => {
  const settled = settledAfter(pace);
  const runtimes = new Map<string, FakeRuntime>();
  const endpoints = new Map<string, { version: string; deleting?: boolean; failed?: boolean }>();
  const control = { failNext: false, failNextMove: false };
  let made = 0;
  const stateOf = (id: string): RuntimeState | undefined => {
    const runtime = runtimes.get(id);
    if (runtime === undefined) return undefined;
    if (runtime.status === 'deleting' && settled(`gone ${id}`)) {
      runtimes.delete(id);
      return undefined;
    }
    const { name: _name, tags: _tags, ...rest } = runtime;
    return {
      ...rest,
      status: runtime.status ?? (settled(`ready ${id} ${rest.agentRuntimeVersion}`) ? 'ready' : 'under-way'),
    };
  };
  const required = (id: string): RuntimeState => {
    const state = stateOf(id);
    if (state === undefined) throw new Error('no such runtime');
    return state;
  };
  const agentRuntimes: AgentRuntimes = {
    ensure: async (name, { tags, token: _token, ...configuration }) => {
      const existing = [...runtimes].find(([, runtime]) => runtime.name === name)?.[0];
      if (existing !== undefined) return required(existing);
      made += 1;
      const id = `${name}-${made}`;
      const base = { agentRuntimeId: id, agentRuntimeArn: `arn:runtime/${id}`, agentRuntimeVersion: '1' };
      const failed = control.failNext
        ? { status: 'create-failed' as const, failureReason: 'No such entry point.' }
        : {};
      control.failNext = false;
      runtimes.set(id, { ...base, ...failed, name, tags, configuration });
      return required(id);
    },
    update: async (id, { token: _token, ...configuration }) => {
      const former = runtimes.get(id);
      if (former === undefined) throw new Error('no such runtime');
      const { status: _status, failureReason: _reason, ...kept } = former;
      const failed = control.failNext
        ? { status: 'update-failed' as const, failureReason: 'No such entry point.' }
        : {};
      control.failNext = false;
      runtimes.set(id, {
        ...kept,
        ...failed,
        configuration,
        agentRuntimeVersion: `${Number(former.agentRuntimeVersion) + 1}`,
      });
      return required(id);
    },
    describe: async (id) => stateOf(id),
    find: async (name) => [...runtimes].find(([, runtime]) => runtime.name === name)?.[0],
    remove: async (id) => {
      const runtime = runtimes.get(id);
      if (runtime) runtimes.set(id, { ...runtime, status: 'deleting' });
    },
    describeEndpoint: async (id): Promise<EndpointState | undefined> => {
      const endpoint = endpoints.get(id);
      if (endpoint === undefined) return undefined;
      if (endpoint.deleting && settled(`endpoint gone ${id}`)) {
        endpoints.delete(id);
        return undefined;
      }
      if (endpoint.deleting) return { status: 'deleting' };
      const { version, failed } = endpoint;
      if (failed) return { status: 'failed', targetVersion: version, failureReason: 'No capacity.' };
      return settled(`endpoint ${id} ${version}`)
        ? { status: 'ready', liveVersion: version, targetVersion: version }
        : { status: 'under-way', targetVersion: version };
    },
    createEndpoint: async (id, { agentRuntimeVersion }) => {
      if (!endpoints.has(id)) endpoints.set(id, { version: agentRuntimeVersion });
    },
    moveEndpoint: async (id, { agentRuntimeVersion: version }) => {
      endpoints.set(id, control.failNextMove ? { version, failed: true } : { version });
      control.failNextMove = false;
    },
    removeEndpoint: async (id) => {
      const endpoint = endpoints.get(id);
      if (endpoint) endpoints.set(id, { ...endpoint, deleting: true });
    },
  };
  return { runtimes: agentRuntimes, control, held: { runtimes, endpoints } };
};

export const fakeRoles = () => {
  const held = new Map<string, unknown>();
  const roles: AgentRoles = {
    ensure: async ({ roleName, ...role }) => {
      held.set(roleName, role);
      return `arn:aws:iam::111122223333:role/${roleName}`;
    },
    remove: async (roleName) => {
      held.delete(roleName);
    },
  };
  return { roles, held };
};

/** A versioned bucket. */
export const fakeBucket = (bucket: string) => {
  const current = new Map<string, Uint8Array>();
  const ever = new Set<string>();
  const objects: Objects = {
    bucket,
    read: async (key) => current.get(key),
    write: async (key, body) => {
      current.set(key, typeof body === 'string' ? new TextEncoder().encode(body) : body);
      ever.add(key);
    },
    list: async (prefix) =>
      [...current]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, body]) => ({
          key,
          sizeBytes: body.byteLength,
          etag: createHash('md5').update(body).digest('hex'),
        })),
    listEver: async (prefix) => [...ever].filter((key) => key.startsWith(prefix)),
    remove: async (keys) => {
      for (const key of keys) current.delete(key);
    },
    erase: async (prefix) => {
      for (const key of ever) {
        if (!key.startsWith(prefix)) continue;
        ever.delete(key);
        current.delete(key);
      }
    },
  };
  return { objects, current, ever };
};

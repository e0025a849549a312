import { join } from 'node:path';
import type { CloudContext, RoleCredentials } from '../../core/service.ts';
import type { StoredRuntime, StoredVersion } from '../agentcore-control/runtime-store.ts';
import { quotaExceeded } from '../bedrock/common.ts';
import { ping, type SessionProcess, startProcess } from './session-process.ts';

export interface SessionKey {
  readonly runtime: StoredRuntime;
  readonly qualifier: string;
  readonly sessionId: string;
}

/** A session's process while somebody uses it. */
export interface UsedSession {
  readonly process: SessionProcess;
  /** To be called when the use is over; more than once does no harm. */
  readonly release: () => void;
}

export interface Sessions {
  /** The session's process, started with this version when there is none. Throws `RuntimeClientError`, `ServiceQuotaExceededException`. */
  readonly use: (key: SessionKey, version: StoredVersion) => Promise<UsedSession>;
  /** False when there is no such session. */
  readonly stop: (key: SessionKey) => Promise<boolean>;
  readonly stopRuntime: (runtimeArn: string) => Promise<void>;
  /** Kills the process that holds the access key, if one does. */
  readonly crash: (accessKeyId: string) => void;
  readonly list: () => string[];
  readonly close: () => Promise<void>;
}

export interface SessionSettings {
  /** Processes at once; beyond, the one idle longest gives way. A limit of this machine, not of AWS. */
  readonly maxProcesses: number;
  readonly startTimeoutMs: number;
}

interface Session {
  readonly id: string;
  readonly runtimeArn: string;
  readonly version: StoredVersion;
  readonly credentials: Promise<RoleCredentials>;
  readonly process: Promise<SessionProcess>;
  /** Aborted when the session ends. */
  readonly over: AbortController;
  readonly startedAt: number;
  lastUsedAt: number;
  uses: number;
}

/** Processes of runtime sessions: one each, started at first use, ended when idle, old, stopped or deleted. */
export const makeSessions = (context: CloudContext, settings: SessionSettings): Sessions => {
  const sessions = new Map<string, Session>();

  const end = async (session: Session): Promise<void> => {
    if (sessions.get(session.id) === session) sessions.delete(session.id);
    session.over.abort(new Error('The session is over.'));
    // A process that never started has ended already.
    await session.process.then((started) => started.kill()).catch(() => undefined);
  };
  const start = (key: SessionKey, version: StoredVersion, id: string): Session => {
    const now = context.clock.now();
    const credentials = context.credentialsOfRole(version.roleArn, `BedrockAgentCore-${key.sessionId}`);
    const session: Session = {
      id,
      runtimeArn: key.runtime.arn,
      version,
      credentials,
      process: credentials.then((own) => launch(context, settings, key, version, own)),
      over: new AbortController(),
      startedAt: now,
      lastUsedAt: now,
      uses: 0,
    };
    sessions.set(id, session);
    session.process.then((started) => started.exited.then(() => end(session))).catch(() => void end(session));
    void watch(context, session, end);
    return session;
  };
  const makeRoom = async (): Promise<void> => {
    if (sessions.size < settings.maxProcesses) return;
    const idle = [...sessions.values()].filter(({ uses }) => uses === 0).sort((a, b) => a.lastUsedAt - b.lastUsedAt);
    for (const session of idle) {
      if ((await statusOf(session)) !== 'HealthyBusy') return end(session);
    }
    throw quotaExceeded(`The maximum number of active sessions (${settings.maxProcesses}) is reached.`);
  };

  return {
    use: async (key, version) => {
      const id = sessionName(key);
      if (!sessions.has(id)) await makeRoom();
      const session = sessions.get(id) ?? start(key, version, id);
      session.uses += 1;
      let inUse = true;
      const release = () => {
        if (!inUse) return;
        inUse = false;
        session.uses -= 1;
        session.lastUsedAt = context.clock.now();
      };
      try {
        return { process: await session.process, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    stop: async (key) => {
      const session = sessions.get(sessionName(key));
      if (session !== undefined) await end(session);
      return session !== undefined;
    },
    stopRuntime: async (runtimeArn) => {
      await Promise.all([...sessions.values()].filter((session) => session.runtimeArn === runtimeArn).map(end));
    },
    crash: (accessKeyId) => {
      for (const { credentials, process } of sessions.values()) {
        const holdsKey = credentials.then((own) => own.accessKeyId === accessKeyId);
        // A process that never started needs no killing.
        Promise.all([holdsKey, process])
          .then(([its, started]) => its && started.crash())
          .catch(() => undefined);
      }
    },
    list: () => [...sessions.keys()],
    close: async () => {
      await Promise.all([...sessions.values()].map(end));
    },
  };
};

const sessionName = ({ runtime, qualifier, sessionId }: SessionKey): string =>
  `${runtime.arn}/runtime-endpoint/${qualifier}/session/${sessionId}`;

const launch = (
  context: CloudContext,
  { startTimeoutMs }: SessionSettings,
  { runtime, sessionId }: SessionKey,
  version: StoredVersion,
  credentials: RoleCredentials,
): Promise<SessionProcess> =>
  startProcess({
    codeDir: version.codeDir,
    entryPoint: version.entryPoint,
    environment: {
      ...version.environmentVariables,
      AWS_ENDPOINT_URL: context.endpointUrl(),
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
    logFile: join(context.dataDir, 'logs', 'agentcore', runtime.id, `${sessionId.replace(/[^\w-]/g, '_')}.log`),
    startTimeoutMs,
  });

/** Ends the session at its maximum lifetime, or when nobody used it for the idle time and it has no work of its own. */
const watch = async (
  { clock }: CloudContext,
  session: Session,
  end: (session: Session) => Promise<void>,
): Promise<void> => {
  const { idleRuntimeSessionTimeout, maxLifetime } = session.version.lifecycle;
  const endsAt = session.startedAt + maxLifetime * 1000;
  try {
    while (clock.now() < endsAt) {
      const idleAt = session.lastUsedAt + idleRuntimeSessionTimeout * 1000;
      const wakeAt = Math.min(endsAt, Math.max(idleAt, clock.now() + 1000));
      await clock.sleep(wakeAt - clock.now(), session.over.signal);
      if (clock.now() < session.lastUsedAt + idleRuntimeSessionTimeout * 1000) continue;
      if (session.uses > 0 || (await statusOf(session)) === 'HealthyBusy') session.lastUsedAt = clock.now();
      else break;
    }
    await end(session);
  } catch (error) {
    if (!session.over.signal.aborted) throw error;
  }
};

const statusOf = async (session: Session) => ping((await session.process).port);

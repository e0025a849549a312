import type { BuildRequest } from '../building/building.ts';

/** The AgentCreator: builds in the background and writes what it made to the code bucket. */
export interface AgentCreator {
  /** The same `buildId` twice is one build. Throws `AgentCreatorUnavailable` when the request is not accepted. */
  readonly startBuild: (request: BuildRequest) => Promise<void>;
  /** Nothing happens when the build is over or never began. */
  readonly stopBuild: (buildId: string) => Promise<void>;
}

/** The AgentCreator did not take the request; worth another try. */
export class AgentCreatorUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AgentCreatorUnavailable';
  }
}

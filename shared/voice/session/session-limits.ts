/** Times and bounds of a session. Where a number is not ours, its source stands beside it. */
export const SESSION_LIMITS = {
  /** Longest wait from the claim to the first stream. */
  startMs: 30_000,
  fillerAfterMs: 1200,
  toolTimeoutMs: 12_000,
  toolUsesPerTurn: 6,
  pendingTools: 8,
  idleAskAfterMs: 30_000,
  idleAsks: 2,
  resumeWithinMs: 60_000,
  /** Asked to go without a word on when: ECS kills a container 30 s after it asked, unless it was told otherwise (`stopTimeout`). */
  drainMs: 26_000,
  handOverArmMs: 90_000,
  /** A successor takes about this long to begin; until then it is better that the caller listens. */
  handOverUnplayedMs: 1200,
  /** What is not with the client by the time the successor comes is lost: transports are 1.5 s ahead of playing. */
  handOverMostUnplayedMs: 2500,
  /** From here on any turn boundary will do. */
  handOverSettleMs: 45_000,
  handOverForceMs: 20_000,
  /** Before the deadline the owner lets go, whatever became of its successor. */
  handOverLetGoMs: 3000,
  replayMs: 3000,
  /** A caller in the middle of a long sentence: replayed from its beginning. */
  replayLongestMs: 12_000,
  maxFailures: 4,
  backoffMs: [250, 500, 1000, 2000, 4000],
  /** A stream that lived this long did its work. */
  soundStreamMs: 10_000,
  /** The model owes an answer: asked again once, then the stream counts as broken. */
  nudgeAfterMs: 8000,
  silentAfterMs: 16_000,
  /** An answer cut off sooner was none: its question stays open. */
  minHeardMs: 800,
  reportWithinMs: 700,
  /** Playing is held to be over this long after it should have been, whatever the player says. */
  playbackGraceMs: 5000,
  keysPauseMs: 1500,
  meterMs: 5000,
  recordCostMs: 30_000,
  /** API Gateway closes a WebSocket after 2 h; the client is told ten minutes before. */
  connectionRenewalMs: 110 * 60_000,
  /** Sounds that become no text within this time were no speech. */
  noiseMs: 15_000,
  historyTurns: 80,
  /** As JSON; a checkpoint has 60 KB for it and all else. */
  historyBytes: 32_000,
  /** Of one turn in the history, and of a question that waits. */
  turnCharacters: 6000,
} as const;

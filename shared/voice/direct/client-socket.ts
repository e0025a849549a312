/** A WebSocket as this end sees it; nothing here throws, whatever state it is in. */
export interface ClientSocket {
  readonly send: (text: string) => void;
  /** Bytes that were given to `send` and are not on the wire yet. */
  readonly bufferedBytes: () => number;
  readonly ping: () => void;
  /** The closing handshake. */
  readonly close: (code: number, reason: string) => void;
  /** Without a handshake: the other side is not there any more. */
  readonly terminate: () => void;
  /** To be called once, before anything can have come. */
  readonly listen: (events: SocketEvents) => void;
}

export interface SocketEvents {
  readonly message: (data: Uint8Array, isBinary: boolean) => void;
  readonly pong: () => void;
  /** Once, however it ended. */
  readonly closed: () => void;
}

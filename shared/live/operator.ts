/** A person who watches or steers calls: the `sub` of the token, and what colleagues know them by. */
export interface Operator {
  readonly id: string;
  /** Email of the token, where it tells one; else its `sub`. */
  readonly name: string;
}

/** Who a request's token stands for. */
export const operatorOf = ({
  userId,
  callerName,
}: {
  readonly userId: string;
  readonly callerName?: string;
}): Operator => ({ id: userId, name: callerName ?? userId });

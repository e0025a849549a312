export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface StoredRole {
  readonly roleName: string;
  readonly path: string;
  readonly roleId: string;
  readonly arn: string;
  readonly assumeRolePolicyDocument: string;
  readonly description?: string | undefined;
  readonly maxSessionDurationSeconds: number;
  readonly boundaryArn?: string | undefined;
  readonly tags: readonly Tag[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Inline policies: document text by policy name. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  readonly attachedPolicyArns: readonly string[];
}

export interface StoredManagedPolicy {
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly arn: string;
  readonly document: string;
  readonly description?: string | undefined;
  readonly createdAt: number;
}

/** One statement of an IAM policy that allows something. */
export interface Allowance {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The roles of agents, one each, below a path of the stage and under its permissions boundary. */
export interface AgentRoles {
  /** The ARN of the role of this name, made if there is none, with exactly these permissions. */
  readonly ensure: (wanted: {
    readonly roleName: string;
    readonly allowances: readonly Allowance[];
    readonly tags: Readonly<Record<string, string>>;
  }) => Promise<string>;
  readonly remove: (roleName: string) => Promise<void>;
}

/** What the permissions of one agent depend on. */
export interface AgentScope {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly userId: string;
  readonly agentId: string;
  readonly codeBucket: string;
  readonly knowledgeBucket: string;
  readonly bedrockKnowledgeBaseId: string | undefined;
  readonly modelId: string;
  readonly runtimeName: string;
  /** Speaks to providers that the agent's owner has chosen: no key is ever seen here. */
  readonly providerFunction: string;
  /** Of an agent that speaks. */
  readonly speech: SpeechScope | undefined;
}

/** What an agent needs to hold calls by itself: ears and voice, and the one function that keeps what happens in them. */
export interface SpeechScope {
  readonly speechModelId: string;
  readonly keepCallFunction: string;
}

/** Everything one agent may do: read its own objects, retrieve from its knowledge base, call its models, have its owner's asked, write its log; with a voice, have its calls kept. */
export const agentAllowances = (scope: AgentScope): Allowance[] => {
  const { partition, region, accountId } = scope;
  const objects = (bucket: string) => `arn:${partition}:s3:::${bucket}/${scope.userId}/${scope.agentId}/*`;
  const logGroups = `arn:${partition}:logs:${region}:${accountId}:log-group:`;
  const ownLog = `${logGroups}/aws/bedrock-agentcore/runtimes/${scope.runtimeName}-*`;
  return [
    allow('ReadOwnObjects', ['s3:GetObject'], [objects(scope.codeBucket), objects(scope.knowledgeBucket)]),
    ...(scope.bedrockKnowledgeBaseId === undefined ? [] : [retrieval(scope, scope.bedrockKnowledgeBaseId)]),
    allow('CallOwnModel', ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], modelArns(scope)),
    allow(
      'AskChosenModel',
      ['lambda:InvokeFunction'],
      [`arn:${partition}:lambda:${region}:${accountId}:function:${scope.providerFunction}`],
    ),
    ...(scope.speech === undefined ? [] : speaking(scope, scope.speech)),
    // As AgentCore's guide to execution roles lists them.
    allow('FindLog', ['logs:DescribeLogGroups'], [`${logGroups}*`]),
    allow(
      'WriteOwnLog',
      ['logs:CreateLogGroup', 'logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      [ownLog],
    ),
  ];
};

const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): Allowance => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

/** The runtime never touches a table: each write of a call goes through the function, which asks for the call's own token. */
const speaking = (
  { partition, region, accountId }: AgentScope,
  { speechModelId, keepCallFunction }: SpeechScope,
): Allowance[] => [
  allow(
    'SpeakWithOwnModel',
    // The service authorization reference names the second, the API reference of the very operation the first.
    ['bedrock:InvokeModel', 'bedrock:InvokeModelWithBidirectionalStream'],
    [`arn:${partition}:bedrock:${region}::foundation-model/${speechModelId}`],
  ),
  // What a call falls to when that model fails. Neither a stream to Transcribe nor speech of Polly has a resource to name.
  allow('SpeakByCascade', ['transcribe:StartStreamTranscription', 'polly:SynthesizeSpeech'], ['*']),
  allow(
    'KeepCalls',
    ['lambda:InvokeFunction'],
    [`arn:${partition}:lambda:${region}:${accountId}:function:${keepCallFunction}`],
  ),
];

const retrieval = ({ partition, region, accountId }: AgentScope, bedrockKnowledgeBaseId: string): Allowance =>
  allow(
    'RetrieveOwnKnowledge',
    ['bedrock:Retrieve'],
    [`arn:${partition}:bedrock:${region}:${accountId}:knowledge-base/${bedrockKnowledgeBaseId}`],
  );

const INFERENCE_PROFILE = /^(?:us|eu|apac|global|us-gov|jp|au)\.(.+)$/;

/** A cross-region inference profile needs itself and the model in the regions it may choose. */
const modelArns = ({ partition, region, accountId, modelId }: AgentScope): string[] => {
  const model = INFERENCE_PROFILE.exec(modelId)?.[1];
  if (model === undefined) return [`arn:${partition}:bedrock:${region}::foundation-model/${modelId}`];
  return [
    `arn:${partition}:bedrock:${region}:${accountId}:inference-profile/${modelId}`,
    `arn:${partition}:bedrock:*::foundation-model/${model}`,
  ];
};

/** Who may take the role: AgentCore, acting for a runtime of this account and region (against the confused deputy). */
export const agentTrust = ({
  partition,
  region,
  accountId,
}: Pick<AgentScope, 'partition' | 'region' | 'accountId'>) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:bedrock-agentcore:${region}:${accountId}:*` },
      },
    },
  ],
});

import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, presignedUrl, uriEncoded } from '../kernel/aws-request.ts';
import type { RuntimeAddresses } from './direct-calls.ts';

/** AgentCore refuses signatures that live longer (developer guide, bidirectional streaming, read 2026-11). */
const MAX_LIFETIME_SECONDS = 300;

/** Presigned addresses of AgentCore's `/ws`. The session's id is signed, too: the address opens no other session. */
export const agentCoreAddresses = (
  context: Pick<AwsContext, 'region' | 'keys' | 'endpointUrl'> = lambdaAwsContext(),
): RuntimeAddresses => ({
  sign: async ({ agentRuntimeArn, endpointName, sessionId, lifetimeSeconds, nowMs }) => {
    const base = context.endpointUrl ?? `https://bedrock-agentcore.${context.region}.amazonaws.com`;
    const path = `/runtimes/${uriEncoded(agentRuntimeArn)}/ws`;
    const query = `qualifier=${uriEncoded(endpointName)}&X-Amzn-Bedrock-AgentCore-Runtime-Session-Id=${uriEncoded(sessionId)}`;
    const expiresInSeconds = Math.min(lifetimeSeconds, MAX_LIFETIME_SECONDS);
    const url = `${base}${path}?${query}`;
    const signed = await presignedUrl({ service: 'bedrock-agentcore', url, expiresInSeconds, nowMs }, context);
    // https becomes wss, http (the embedded cloud) ws.
    return signed.replace(/^http/, 'ws');
  },
});

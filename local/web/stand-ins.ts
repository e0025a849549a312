/**
 * Names of AWS's hosts in what a browser is told, replaced by where the embedded cloud serves the same: a browser
 * resolves them for real, other than clients of the SDK, who are given an endpoint.
 */
export function withStandIns(text: string, endpointUrl: string): string {
  const socketUrl = endpointUrl.replace(/^http/, 'ws');
  return (
    text
      .replaceAll(/https:\/\/[\w-]+\.auth\.[\w-]+\.amazoncognito\.com/g, endpointUrl)
      // Where it answers; with a pool behind it, it names who has issued a token.
      .replaceAll(/https:\/\/cognito-idp\.[\w-]+\.amazonaws\.com(?![/\w.-])/g, endpointUrl)
      .replaceAll(/https:\/\/[\w.-]+\.s3\.[\w-]+\.amazonaws\.com/g, endpointUrl)
      .replaceAll(/wss:\/\/bedrock-agentcore\.[\w-]+\.amazonaws\.com/g, socketUrl)
  );
}

/** An address on this machine is served without TLS. */
export const withoutTlsOnLoopback = (url: string): string =>
  url.replace(/^https:\/\/(127\.0\.0\.1|localhost)(?=[:/]|$)/, 'http://$1');

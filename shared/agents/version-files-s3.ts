import { versionPrefix } from '../building/building.ts';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';
import type { StoredVersionFile, VersionFiles } from './version-files.ts';

/** The files of agents' versions in the code bucket. */
export const s3VersionFiles = (
  { CODE_BUCKET: bucket }: { readonly CODE_BUCKET: string },
  context: AwsContext = lambdaAwsContext(),
): VersionFiles => {
  const base =
    context.endpointUrl === undefined
      ? `https://${bucket}.s3.${context.region}.amazonaws.com`
      : `${context.endpointUrl}/${bucket}`;
  const get = async (pathAndQuery: string): Promise<string> => {
    const request = { service: 's3', method: 'GET', url: `${base}/${pathAndQuery}`, headers: {} };
    return (await awsRequest(context, request)).text();
  };
  return {
    list: async (key) => {
      const prefix = versionPrefix(key);
      return listed(await get(`?list-type=2&prefix=${uriEncoded(prefix)}`), prefix);
    },
    read: async (key, name) => {
      try {
        return await get(`${versionPrefix(key)}${name}`.split('/').map(uriEncoded).join('/'));
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
  };
};

/** The keys of `ListObjectsV2`; ours consist of letters, digits and signs that XML writes as they are. */
const listed = (xml: string, prefix: string): StoredVersionFile[] =>
  [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, content = '']) => {
    const key = /<Key>([^<]*)<\/Key>/.exec(content)?.[1] ?? '';
    const modified = /<LastModified>([^<]*)<\/LastModified>/.exec(content)?.[1] ?? '';
    return key.startsWith(prefix) ? [{ name: key.slice(prefix.length), modifiedAtMs: Date.parse(modified) }] : [];
  });

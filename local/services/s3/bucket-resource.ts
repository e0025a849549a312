import type { CloudContext, Json, JsonObject, ResourceProvider } from '../../core/service.ts';
import type { Bucket, CorsRule, ObjectStore } from './object-store.ts';

/** `AWS::S3::Bucket` and `AWS::S3::BucketPolicy`. Encryption, lifecycle and public access block hold by themselves here. */
export const bucketProviders = (
  { region, clock }: Pick<CloudContext, 'region' | 'clock'>,
  store: ObjectStore,
): readonly ResourceProvider[] => [
  {
    type: 'AWS::S3::Bucket',
    ensure: async ({ physicalName, properties }) => {
      const name = (textOf(properties.BucketName) ?? physicalName).toLowerCase();
      const known = store.bucket(name);
      const {
        versioning: _versioning,
        cors: _cors,
        eventBridge: _eventBridge,
        ...kept
      } = known ?? {
        name,
        createdAtMs: clock.now(),
      };
      store.putBucket({ ...kept, ...declaredSettings(properties) });
      return {
        ref: name,
        attributes: {
          Arn: `arn:aws:s3:::${name}`,
          DomainName: `${name}.s3.amazonaws.com`,
          RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
          DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
          WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
        },
      };
    },
  },
  {
    type: 'AWS::S3::BucketPolicy',
    ensure: async ({ properties }) => {
      const name = textOf(properties.Bucket) ?? '';
      const bucket = store.bucket(name);
      if (!bucket) throw new RangeError(`a policy names the bucket '${name}', which does not exist`);
      store.putBucket({ ...bucket, policy: objectOf(properties.PolicyDocument) });
      return { ref: name, attributes: {} };
    },
  },
];

const declaredSettings = (properties: JsonObject): Pick<Bucket, 'versioning' | 'cors' | 'eventBridge'> => {
  const versioning = objectOf(properties.VersioningConfiguration).Status;
  const cors = objectOf(properties.CorsConfiguration).CorsRules;
  const eventBridge = objectOf(properties.NotificationConfiguration).EventBridgeConfiguration;
  return {
    ...((versioning === 'Enabled' || versioning === 'Suspended') && { versioning }),
    ...(Array.isArray(cors) && { cors: cors as unknown as CorsRule[] }),
    // Declaring the configuration turns it on; only an explicit false does not.
    eventBridge: eventBridge !== undefined && objectOf(eventBridge).EventBridgeEnabled !== false,
  };
};

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const objectOf = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

import * as z from 'zod';

const secret = z.string().meta({ description: 'Never shown again but for its last four characters.' });

/** Body of `PUT /channel-credentials/{platform}`: which fields there are depends on the platform (`CREDENTIALS_OF`). */
export const ChannelCredentialsBody = z
  .looseObject({
    appSecret: secret.exactOptional().meta({ description: 'meta: signs webhooks.' }),
    verifyToken: secret.exactOptional().meta({ description: "meta: what the webhook's handshake must say." }),
    accessToken: secret
      .exactOptional()
      .meta({ description: 'meta, twitter: for all accounts without one of their own.' }),
    appId: z.string().exactOptional().meta({ description: 'meta: with it the webhook is registered for you.' }),
    whatsappBusinessAccountId: z
      .string()
      .exactOptional()
      .meta({ description: 'meta: with it the app is subscribed to the account for you.' }),
    consumerKey: secret.exactOptional().meta({ description: 'twitter' }),
    consumerSecret: secret.exactOptional().meta({ description: 'twitter: signs webhooks.' }),
    accessTokenSecret: secret.exactOptional().meta({ description: 'twitter' }),
    bearerToken: secret.exactOptional().meta({ description: 'twitter: with it the webhook is registered for you.' }),
    apiKey: secret.exactOptional().meta({ description: 'elizaos: key of the server.' }),
    accounts: z
      .record(z.string(), z.record(z.string(), z.string()))
      .exactOptional()
      .meta({ description: 'meta, twitter: tokens by account id.' }),
  })
  .meta({ id: 'ChannelCredentials' });

export const ChannelCredentialsView = z
  .object({
    platform: z.string(),
    webhookUrl: z.url().nullable().meta({ description: 'What the platform is told to call, if it calls.' }),
    credentials: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Of each secret the last four characters; ids whole.' }),
  })
  .meta({ id: 'ChannelCredentialsAnswer' });

/** Meta's handshake. */
export const MetaHandshakeQuery = z.object({
  'hub.mode': z.literal('subscribe'),
  'hub.verify_token': z.string(),
  'hub.challenge': z.string().max(1000),
});

/** X's challenge-response check. */
export const TwitterCrcQuery = z.object({ crc_token: z.string().min(1).max(1000) });

export const TwitterCrcView = z.object({ response_token: z.string() }).meta({ id: 'TwitterCrc' });

/** A body whose very bytes are signed. */
export const SignedBody = z.object({ bytes: z.instanceof(Uint8Array) });

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AwsError, type CloudContext, type KeyValueStore, type Principal, type RoleCredentials } from './service.ts';

export interface KeyRing {
  readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly keyOf: CloudContext['keyOf'];
  readonly credentialsOfRole: CloudContext['credentialsOfRole'];
}

interface SessionClaims {
  readonly accessKeyId: string;
  readonly roleArn: string;
  readonly sessionName: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An access key id as AWS makes them: 20 characters, `AKIA` for lasting and `ASIA` for session keys. */
function newAccessKeyId(prefix: 'AKIA' | 'ASIA'): string {
  return prefix + [...randomBytes(16)].map((byte) => BASE32[byte % 32]).join('');
}

function rootKey(store: KeyValueStore): KeyRing['root'] & { readonly master: string } {
  const known = store.get<KeyRing['root'] & { master: string }>('root');
  if (known) return known;
  const made = {
    accessKeyId: newAccessKeyId('AKIA'),
    secretAccessKey: randomBytes(30).toString('base64url'),
    master: randomBytes(32).toString('base64url'),
  };
  store.put('root', made);
  return made;
}

const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/**
 * The access keys of the account. Session keys are derived from one master key instead of being stored: the token says
 * whose they are, so they outlive a restart and cost nothing to issue.
 */
export function openKeyRing(accountId: string, store: KeyValueStore): KeyRing {
  const { master, ...root } = rootKey(store);
  const seal = (purpose: string, text: string): string =>
    createHmac('sha256', master).update(`${purpose}\n${text}`).digest('base64url');

  const readToken = (token: string): SessionClaims | undefined => {
    const [body = '', mac = ''] = token.split('.');
    const expected = Buffer.from(seal('token', body));
    const given = Buffer.from(mac);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as SessionClaims;
  };
  const sessionPrincipal = (claims: SessionClaims): Principal => ({
    kind: 'role',
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleNameOf(claims.roleArn)}/${claims.sessionName}`,
    roleName: roleNameOf(claims.roleArn),
    accessKeyId: claims.accessKeyId,
  });

  return {
    root,
    keyOf: (accessKeyId, sessionToken) => {
      if (accessKeyId === root.accessKeyId) {
        const principal: Principal = { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, accessKeyId };
        return { secretAccessKey: root.secretAccessKey, principal };
      }
      const claims = sessionToken === undefined ? undefined : readToken(sessionToken);
      if (claims?.accessKeyId !== accessKeyId) return undefined;
      return { secretAccessKey: seal('secret', accessKeyId), principal: sessionPrincipal(claims) };
    },
    credentialsOfRole: async (roleArn, sessionName): Promise<RoleCredentials> => {
      if (!/^arn:aws:iam::\d{12}:role\/.+/.test(roleArn)) {
        throw new AwsError('ValidationError', `${roleArn} is not the ARN of a role.`, 400);
      }
      const accessKeyId = newAccessKeyId('ASIA');
      const claims: SessionClaims = { accessKeyId, roleArn, sessionName: sessionName.slice(0, 64) };
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return {
        accessKeyId,
        secretAccessKey: seal('secret', accessKeyId),
        sessionToken: `${body}.${seal('token', body)}`,
      };
    },
  };
}

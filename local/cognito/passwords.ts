import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AwsError } from '../core/service.ts';
import type { PasswordPolicy } from './user-pool.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const KEY_BYTES = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64')}:${(await derive(password, salt, KEY_BYTES)).toString('base64')}`;
}

export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [salt = '', key = ''] = hash.split(':');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), KEY_BYTES), Buffer.from(key, 'base64'));
}

/** Throws `InvalidPasswordException` in Cognito's words for the first rule that the password breaks. */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const broken = [
    [password.length < (policy.MinimumLength ?? 8), 'Password not long enough'],
    [policy.RequireLowercase && !/[a-z]/.test(password), 'Password must have lowercase characters'],
    [policy.RequireUppercase && !/[A-Z]/.test(password), 'Password must have uppercase characters'],
    [policy.RequireNumbers && !/[0-9]/.test(password), 'Password must have numeric characters'],
    [policy.RequireSymbols && !/[^A-Za-z0-9]/.test(password), 'Password must have symbol characters'],
  ] as const;
  const reason = broken.find(([isBroken]) => isBroken)?.[1];
  if (reason) throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${reason}`);
}

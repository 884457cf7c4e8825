import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { readSecret } from './secrets.ts';

const SECRET_NAME = /SECRET|PASSWORD|PASSPHRASE|TOKEN|KEY/;
const MAX_SHOWN = 60;

/**
 * Checks environment variables against a schema of their names. An empty variable counts as unset, and any variable may
 * come from the file that `<NAME>_FILE` names, so that an address with a password in it (DATABASE_URL) need not be in
 * the environment.
 * Throws ConfigError with a sentence per wrong variable: its name, what it got and what it wants. Values of variables
 * that look like secrets, and passwords inside URLs, are not repeated.
 */
export function readEnv<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  for (const name of namesOf(schema)) if (set[`${name}_FILE`] && !set[name]) set[name] = readSecret(set, name);
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigError([...new Set(result.error.issues.map((issue) => describe(issue, set)))]);
}

/** The variables of a schema that is a plain object of them. */
function namesOf(schema: z.ZodType): string[] {
  return 'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null
    ? Object.keys(schema.shape)
    : [];
}

function describe(issue: z.core.$ZodIssue, env: Record<string, string | undefined>): string {
  const name = String(issue.path[0] ?? '');
  if (name === '') return issue.message;
  const value = env[name];
  return `${name}: ${value === undefined ? 'is not set' : `got ${shown(name, value)}`}, ${issue.message}`;
}

function shown(name: string, value: string): string {
  if (SECRET_NAME.test(name)) return `a value of ${value.length} characters`;
  const masked = value.replace(/:[^:@/\s]+@/g, ':***@');
  return JSON.stringify(masked.length > MAX_SHOWN ? `${masked.slice(0, MAX_SHOWN)}…` : masked);
}

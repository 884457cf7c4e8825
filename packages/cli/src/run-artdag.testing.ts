import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformFolder } from './client-folder.ts';

/** The bundled command. */
export const client = join(import.meta.dirname, '..', 'dist', 'artdag.mjs');

export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the bundled command with a home folder of its own. */
export function runArtdag(
  home: string,
  args: string[],
  o: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, HOME: home, NODE_OPTIONS: '', XDG_CONFIG_HOME: '', ...o.env } };
    const child = execFile(process.execPath, [client, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end(o.input ?? '');
  });
}

/** Where it keeps its things in an empty home folder. */
export function clientFolder(home: string): string {
  return platformFolder({ HOME: home });
}

/** RFC 8032 test key 1, with which the specification's vectors are made. */
export const vectorKey = createPrivateKey({
  key: Buffer.from(
    '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'hex',
  ),
  format: 'der',
  type: 'pkcs8',
});

/** Its file in a folder. */
export function writeVectorKey(folder: string): string {
  const file = join(folder, 'vector.pem');
  writeFileSync(file, vectorKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
}

import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reservePorts, startCircles, type L1 } from '../l1/l1.ts';
import { root } from '../scripts.ts';
import { newDataFolder, startStandalone, type StandaloneSuite } from '../standalone-suite.ts';

/** What the forms work with: a whole L2, and renderers. */
export interface Scene {
  suite: StandaloneSuite;
  /** The origin that browsers use. Another site than the renderers', as it is in life. */
  l2: string;
  /** A renderer that runs, and one that nobody answers for. */
  l1: string;
  silentL1: string;
  /** A folder of the server for copies. */
  folder: string;
  /** What operators do. */
  admin(...args: string[]): Promise<void>;
  close(): Promise<void>;
}

const adminMain = join(root, 'packages', 'admin-cli', 'dist', 'main.js');

export async function startScene(): Promise<Scene> {
  const [port = 0] = (await reservePorts(1)).ports;
  const l1 = `http://127.0.0.1:${port}`;
  const silentL1 = `https://${'a-long-name.'.repeat(12)}example`;
  // Nobody is behind this calendar: an anchor stays open.
  const dataFolder = newDataFolder();
  const folder = join(dataFolder, 'works');
  mkdirSync(folder);
  const env = {
    L1_SERVERS: `${l1},${silentL1}`,
    OTS_CALENDARS: 'http://127.0.0.1:9',
    LOG_INTERVAL_MS: '100',
    STORAGE_LOCAL_ROOT: dataFolder,
  };
  const suite = await startStandalone({ dataFolder, env });
  const l2 = `http://localhost:${new URL(suite.url).port}`;
  const circles: L1 = await startCircles(l2, port, { L1_PUBLIC_URL: l1 });
  return {
    ...{ suite, l2, l1, silentL1, folder },
    async admin(...args) {
      const options = { env: { PATH: process.env['PATH'], ARTDAG_DATA: suite.dataFolder } };
      await promisify(execFile)(process.execPath, [adminMain, ...args], options);
    },
    async close() {
      await circles.stop();
      await suite.remove();
    },
  };
}

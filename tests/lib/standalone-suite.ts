import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type StartedProcess } from '@artdag/testing';
import { noLimits } from './no-limits.ts';
import { patientServices } from './patience.ts';
import { mainOf } from './scripts.ts';

export interface StandaloneSuite {
  url: string;
  dataFolder: string;
  process: StartedProcess;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

const readyLine = /is ready at (http:\S+)/;

/** An empty data folder of the test's own. */
export function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-data-'));
  chmodSync(folder, 0o700);
  return folder;
}

/** `npm start` without npm: the built standalone on a free port, with everything embedded. Without rate limits. */
export async function startStandalone(
  o: { dataFolder?: string; env?: Record<string, string> } = {},
): Promise<StandaloneSuite> {
  const dataFolder = o.dataFolder ?? newDataFolder();
  const env = { ARTDAG_DATA: dataFolder, PORT: '0', ...noLimits, ...patientServices, ...o.env };
  const process = await startProcess({ script: mainOf('standalone'), env, readyLine });
  return {
    url: process.url,
    dataFolder,
    process,
    async remove() {
      await process.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

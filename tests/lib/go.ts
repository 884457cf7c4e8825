import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './scripts.ts';

const run = promisify(execFile);

/** No modules and no network, only what Debian's packages bring. */
const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  GO111MODULE: 'off',
  GOPATH: process.env['ARTDAG_TEST_GOPATH'] ?? '/usr/share/gocode',
  GOCACHE: join(root, 'node_modules', '.cache', 'go-build'),
  CGO_ENABLED: '0',
};

/** Runs `go` or `gofmt` in a folder of `tests/` and returns what it prints. Rejects, with its output, when it fails. */
export async function inGoFolder(folder: string, tool: 'go' | 'gofmt', args: string[]): Promise<string> {
  try {
    return (await run(tool, args, { cwd: join(root, 'tests', folder), env, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${tool} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Builds the program of a folder into a file. */
export async function buildGo(folder: string, file: string): Promise<void> {
  await inGoFolder(folder, 'go', ['build', '-o', file, '.']);
}

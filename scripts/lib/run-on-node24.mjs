import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { childEnv, node24, root } from './project.mjs';

/**
 * Runs a built script on Node 24: in this process when it is Node 24 already (npm puts the installed one first on the path), otherwise in a
 * child whose signals and exit code are passed on.
 */
export async function runOnNode24(script, args) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    process.argv = [process.execPath, script, ...args];
    await import(pathToFileURL(script).href);
    return;
  }
  const child = spawn(node24, [script, ...args], {
    stdio: 'inherit',
    env: childEnv(),
    cwd: process.env.INIT_CWD ?? root,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { freePort } from './free-port.ts';
import { startProcess } from './start-process.ts';

const script = fileURLToPath(new URL('./process.testing.ts', import.meta.url));
const readyLine = /listening on (\S+)/;

describe('startProcess', () => {
  it('waits for a line and gives the URL in it', async () => {
    const started = await startProcess({ script, readyLine, env: { WORD: 'hello' } });
    expect(await (await fetch(started.url)).text()).toBe('hello');
    expect(started.output).toContain('listening on');
    expect(await started.stop()).toBe(0);
    expect(() => process.kill(started.pid, 0)).toThrow();
  });

  it('waits for a URL to answer', async () => {
    const port = await freePort();
    const started = await startProcess({
      script,
      args: ['silent'],
      readyUrl: `http://127.0.0.1:${port}/x`,
      env: { PORT: String(port) },
    });
    expect(started.url).toBe(`http://127.0.0.1:${port}`);
    expect(await started.kill()).toBe('SIGKILL');
  });

  it('rejects with the output of one that ends before it is ready', async () => {
    await expect(startProcess({ script, args: ['fails'], readyLine })).rejects.toThrow(
      /ended \(3\) before it was ready:\nno such luck/,
    );
  });

  it('rejects, and ends it, when it is not ready in time', async () => {
    await expect(startProcess({ script, args: ['silent'], readyLine, timeoutMs: 500 })).rejects.toThrow(
      /was not ready within 500 ms/,
    );
  });

  it('does not hand on our environment', async () => {
    const started = await startProcess({ script, readyLine });
    expect(await (await fetch(started.url)).text()).toBe('');
    await started.stop();
  });
});

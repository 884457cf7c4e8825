/** Loaded into a server's process by `node --import`: says how long its event loop stood still, and what memory it holds once garbage is collected. */
import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';

const everyMs = 10;
const port = Number(process.env['PROBE_PORT'] ?? 0);

/** Milliseconds of processor time that this thread has had. */
function busyMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * A loop is blocked while its thread is at work and takes no turn. On a machine with much else to do it stands still for longer, as it gets no
 * processor: that is told apart.
 */
function watchLoop() {
  let [last, lastBusy] = [performance.now(), busyMs()];
  const longest = { blockedMs: 0, stillMs: 0 };
  const begin = () => void ([last, lastBusy] = [performance.now(), busyMs()]);
  setInterval(() => {
    longest.stillMs = Math.max(longest.stillMs, performance.now() - last - everyMs);
    longest.blockedMs = Math.max(longest.blockedMs, busyMs() - lastBusy);
    begin();
  }, everyMs).unref();
  return {
    /** What was longest since the last time that this was asked. */
    take() {
      const taken = { ...longest };
      Object.assign(longest, { blockedMs: 0, stillMs: 0 });
      return taken;
    },
    /** What was asked for from outside is none of the server's doing. */
    forgive: begin,
  };
}

if (isMainThread && port > 0) {
  const loop = watchLoop();
  createServer((_req, res) => {
    const longest = loop.take();
    // Else the pages that it freed stay the process's, as many as it happened to need at its busiest.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    loop.forgive();
    const { rss, heapUsed, external } = process.memoryUsage();
    res.setHeader('connection', 'close').end(JSON.stringify({ ...longest, rss, heapUsed, external }));
  })
    .listen(port, '127.0.0.1')
    .unref();
}

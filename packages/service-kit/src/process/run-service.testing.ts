/** A service's main.ts for run-service.test.ts, told by BEHAVIOUR how to misbehave. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import express from 'express';
import { port } from '../config/pieces.ts';
import { readEnv } from '../config/read-env.ts';
import { z } from 'zod';
import { listen } from '../http/listen.ts';
import { runService } from './run-service.ts';
import type { Service } from './service.ts';

function create(env: NodeJS.ProcessEnv): Service {
  const behaviour = env['BEHAVIOUR'] ?? '';
  const config = readEnv(z.object({ PORT: port(0) }), env);
  let close: () => Promise<void> = () => Promise.resolve();
  return {
    name: 'tried',
    app: express(),
    async start() {
      if (behaviour === 'bug') throw new TypeError('start has a bug');
      if (behaviour === 'no database')
        throw Object.assign(new Error('connect ECONNREFUSED db:5432'), { code: 'ECONNREFUSED' });
      // Whoever asks is answered when the service is being closed.
      const asked: ServerResponse[] = [];
      const hold: RequestListener = (_req, res) => {
        asked.push(res);
        process.stdout.write('asked\n');
      };
      const server = await listen(hold, { host: '127.0.0.1', port: config.PORT });
      close = () => {
        const closed = server.close(15_000);
        for (const res of asked) res.end('finished');
        return closed;
      };
      if (behaviour === 'throws later')
        setTimeout(() => {
          throw new Error('late, Bearer hunter2');
        }, 10);
      if (behaviour === 'rejects later') void Promise.reject(new Error('late, Bearer hunter2'));
      process.stdout.write(`ready ${server.url}\n`);
      return server;
    },
    async close() {
      process.stdout.write('closing\n');
      if (behaviour === 'hangs') await new Promise(() => createServer().listen(0));
      if (behaviour === 'close fails') throw new Error('cannot let go');
      await close();
    },
  };
}

const hurry = process.env['HURRY'] === undefined ? {} : { shutdownTimeoutMs: Number(process.env['HURRY']) };
runService({ name: 'tried', create, ...hurry });

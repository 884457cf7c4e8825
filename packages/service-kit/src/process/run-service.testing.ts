/** A service's main.ts for run-service.test.ts, told by BEHAVIOUR how to misbehave. */
import { createServer } from 'node:http';
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
      const server = await listen((_req, res) => void setTimeout(() => res.end('finished'), 500), {
        host: '127.0.0.1',
        port: config.PORT,
      });
      close = () => server.close(5000);
      if (behaviour === 'throws later')
        setTimeout(() => {
          throw new Error('late, Bearer hunter2');
        }, 10);
      if (behaviour === 'rejects later') void Promise.reject(new Error('late, Bearer hunter2'));
      process.stdout.write(`ready ${server.url}\n`);
      return server;
    },
    async close() {
      if (behaviour === 'hangs') await new Promise(() => createServer().listen(0));
      if (behaviour === 'close fails') throw new Error('cannot let go');
      await close();
    },
  };
}

runService({ name: 'tried', create, shutdownTimeoutMs: 1500 });

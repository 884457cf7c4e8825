import type { Server } from 'node:http';
import type { AssertionSigner } from '@artdag/actor-context';
import { listen, type Health, type HttpServer, type Service } from '@artdag/service-kit';
import type { Express } from 'express';
import type { Background } from './background.ts';
import type { Config } from './config.ts';
import type { IdentityClient } from './signing/identity-client.ts';

export interface LifecycleParts {
  app: Express;
  config: Config;
  /** A server that listens already. */
  server: Server | undefined;
  health: Health;
  database: { assertSafeRole(): Promise<void>; close(): Promise<void> };
  signer: AssertionSigner;
  identity: IdentityClient;
  background: Background;
  /** What the service opened itself besides its database. */
  own: { close(): Promise<void> }[];
}

const graceMs = 10_000;

/** Starts from the inside out, ends from the outside in: no request meets a part that is not there. */
export function createLifecycle(parts: LifecycleParts): Service {
  const { app, config, database, signer, background } = parts;
  let server: HttpServer | undefined;
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    parts.health.setDraining();
    await server?.close(graceMs);
    await background.stop();
    await signer.stop();
    await parts.identity.close();
    await Promise.all(parts.own.map((part) => part.close()));
    await database.close();
  };

  return {
    name: 'asset-registry',
    app,
    async start() {
      await database.assertSafeRole();
      await signer.start();
      await background.start();
      server = await listen(app, {
        host: config.host,
        port: config.port,
        ...(parts.server && { server: parts.server }),
      });
      return { port: server.port, url: server.url };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

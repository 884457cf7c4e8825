/** A gateway in a process of its own, for memory.test.ts: its memory is nobody else's. SIGUSR2 collects the garbage. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createMemoryStore } from '@artdag/key-value';
import { quietLogger } from '@artdag/testing';
import { testConfig } from '../harness.testing.ts';
import { createService } from '../service.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
process.on('SIGUSR2', () => collectGarbage());

const [authUrl = '', servicesUrl = '', identityUrl = ''] = process.argv.slice(2);
const config = {
  ...testConfig(authUrl, servicesUrl, identityUrl),
  maxBodyBytes: 10 * 1024 * 1024,
  trustedProxies: ['127.0.0.1/32'],
};
// With 2 GB on their way through two cores whatever it asks may be late.
const overrides = { logger: quietLogger(), store: createMemoryStore(), askTimeoutMs: 60_000 };
const { url } = await createService(config, overrides).start();
process.stdout.write(`listening on ${url}\n`);

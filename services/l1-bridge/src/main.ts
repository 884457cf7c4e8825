import { runService } from '@artdag/service-kit';
import { createService, loadConfig } from './service.ts';

runService({ name: 'l1-bridge', create: (env) => createService(loadConfig(env)) });

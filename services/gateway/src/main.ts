import { runService } from '@artdag/service-kit';
import { createService, loadConfig } from './service.ts';

runService({ name: 'gateway', create: (env) => createService(loadConfig(env)) });

import { runService } from '@artdag/service-kit';
import { createService, loadConfig } from './service.ts';

runService({ name: 'asset-registry', create: (env) => createService(loadConfig(env)) });

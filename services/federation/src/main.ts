import { runService } from '@artdag/service-kit';
import { createService, loadConfig } from './service.ts';

runService({ name: 'federation', create: (env) => createService(loadConfig(env)) });

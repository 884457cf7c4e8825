/** The only reader of the environment in this package. */
export interface TestConfig {
  /** A login that may create databases and roles. */
  databaseUrl: string;
  redisUrl: string;
  rabbitmqUrl: string;
}

export function testConfig(env: NodeJS.ProcessEnv = process.env): TestConfig {
  return {
    databaseUrl: env['TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
    redisUrl: env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    rabbitmqUrl: env['TEST_RABBITMQ_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672',
  };
}

/** What a child process needs of our environment; NODE_OPTIONS and the like are jest's own business. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].map((name): [string, string | undefined] => [name, env[name]]);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

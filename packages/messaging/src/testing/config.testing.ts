/** Where the real parts are; the same variables as the whole suite's. */
export const testUrls = {
  database: process.env['TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  rabbitmq: process.env['TEST_RABBITMQ_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672',
};

import { randomBytes } from 'node:crypto';

/** Ten lower-case letters and digits, for names of databases, queues and keys. */
export function randomName(): string {
  return randomBytes(5).toString('hex');
}

/** A prefix for keys, exchanges and queues, so that tests share a Redis and a RabbitMQ without meeting: `test-1f….` */
export function testPrefix(): string {
  return `test-${randomName()}.`;
}

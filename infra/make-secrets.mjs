/**
 * Makes the secrets that docker-compose.yml mounts, once: `node infra/make-secrets.mjs [folder]` (default `.secrets`). What is there already is kept.
 * The folder is its owner's alone (0700); the files in it are readable, as a container's user must read them through the bind mount.
 */
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.secrets';
const random = ['postgres_password', 'rabbitmq_password', 'jwt_secret', 'internal_secret', 'data_encryption_key'];
const services = ['auth', 'gateway', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web', 'admin'];

mkdirSync(folder, { recursive: true, mode: 0o700 });

function keep(name, make) {
  const path = join(folder, name);
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o444 });
  return readFileSync(path, 'utf8').trim();
}

for (const name of random) keep(name, () => randomBytes(32).toString('hex'));
const internal = keep('internal_secret', () => '');
// A service key is HKDF-SHA-256(INTERNAL_SECRET, info "artdag/service/<name>"): each service gets its own and cannot speak for another.
for (const name of services) {
  keep(`service_key_${name}`, () =>
    Buffer.from(hkdfSync('sha256', internal, '', `artdag/service/${name}`, 32)).toString('hex'),
  );
}
const password = (name) => keep(name, () => '');
keep('database_url', () => `postgresql://artdag:${password('postgres_password')}@postgres:5432/artdag`);
keep('rabbitmq_url', () => `amqp://artdag:${password('rabbitmq_password')}@rabbitmq:5672`);

/** RabbitMQ's own form of a password: base64 of a 4-byte salt and SHA-256 over salt and password. */
function rabbitHash(text) {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(text).digest()]).toString('base64');
}
keep('rabbitmq_definitions', () => {
  const definitions = JSON.parse(readFileSync(join(import.meta.dirname, 'rabbitmq', 'definitions.json'), 'utf8'));
  const user = {
    name: 'artdag',
    password_hash: rabbitHash(password('rabbitmq_password')),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: ['administrator'],
  };
  const permissions = [{ user: 'artdag', vhost: '/', configure: '.*', write: '.*', read: '.*' }];
  return JSON.stringify({ users: [user], permissions, ...definitions }, null, 2);
});
console.log(
  `The secrets are in ${folder}. Keep a copy of data_encryption_key and jwt_secret: what they protect is lost without them.`,
);

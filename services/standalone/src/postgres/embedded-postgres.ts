import { readFileSync } from 'node:fs';
import pg from 'pg';
import { StartupError } from '../startup-error.ts';
import { hasCluster, initCluster, spawnServer, type Cluster } from './cluster.ts';
import { findPostmaster, pause, stopPostmaster } from './postmaster.ts';

/** A running embedded PostgreSQL that this process alone uses. */
export interface EmbeddedPostgres {
  databaseUrl: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 8_000;
const database = 'artdag';
/** Any constant: whoever holds this advisory lock is the one suite on these data. */
const suiteLock = 4_269_001;

function lastLogLine(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? '';
  } catch {
    return '';
  }
}

async function connect(cluster: Cluster, port: number, name: string): Promise<pg.Client> {
  const { user, password } = cluster;
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: name,
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => {}); // a lost connection shows itself at the next query
  await client.connect();
  return client;
}

/**
 * One try to reach a server on the cluster: a living one is adopted (a run that was killed leaves its server behind), otherwise one is started.
 * Undefined means: not yet.
 */
async function tryReach(cluster: Cluster): Promise<pg.Client | undefined> {
  const running = findPostmaster(cluster.folder);
  if (running && !running.ready) return undefined; // it is starting, recovering or stopping
  const adopted = running && (await connect(cluster, running.port, 'postgres').catch(() => undefined));
  if (adopted) return adopted;
  const { port, exited } = await spawnServer(cluster);
  while (!(await Promise.race([exited.then(() => true), pause(10)]))) {
    if (findPostmaster(cluster.folder)?.ready) return connect(cluster, port, 'postgres').catch(() => undefined);
  }
  return undefined;
}

async function reach(cluster: Cluster): Promise<pg.Client> {
  for (const end = Date.now() + startTimeoutMs; Date.now() < end; await pause(100)) {
    const client = await tryReach(cluster);
    if (client) return client;
  }
  throw new StartupError(
    `the embedded PostgreSQL in ${cluster.folder} does not start: ${lastLogLine(cluster.logFile)} (its log: ${cluster.logFile})`,
  );
}

async function takeSuiteLock(client: pg.Client, cluster: Cluster): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [suiteLock]);
  if (rows[0]?.taken) return;
  await client.end();
  throw new StartupError(
    `another run is using the data in ${cluster.folder}. Stop it, or set ARTDAG_DATA (and PORT) for a second one.`,
  );
}

/**
 * Starts PostgreSQL on the cluster's folder, making it first if need be, or adopts the server that a killed run has left there.
 *
 * @throws StartupError when another run uses the same data, or the server does not come up
 */
export async function startEmbeddedPostgres(cluster: Cluster): Promise<EmbeddedPostgres> {
  if (!hasCluster(cluster.folder)) await initCluster(cluster);
  const client = await reach(cluster);
  // The lock lives and dies with this connection, so a killed run frees it without anybody's help.
  await takeSuiteLock(client, cluster);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (!rowCount) await client.query(`CREATE DATABASE ${database}`);
  return {
    databaseUrl: `postgresql://${cluster.user}:${cluster.password}@127.0.0.1:${client.port}/${database}`,
    async stop() {
      await client.end().catch(() => {});
      await stopPostmaster(cluster.folder, stopTimeoutMs);
    },
  };
}

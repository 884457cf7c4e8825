import { decodeMasterKey, decodeMasterKeys, masterKeyForm, masterKeys, type MasterKeys } from '@artdag/envelope';
import { executeOn, type MoveKeysDeps } from '@artdag/actor-keys';
import { openDatabase } from '@artdag/database/identity';
import { readSecret } from '@artdag/service-kit';
import { CliError } from './cli-error.ts';
import { readFromDataFolder } from './data-folder.ts';

/** The database of identity and the master keys, opened for `work` and closed again. @throws CliError that says what to set */
export async function withKeyDatabase<T>(
  env: NodeJS.ProcessEnv,
  work: (database: Omit<MoveKeysDeps, 'files'>) => Promise<T>,
): Promise<T> {
  const keys = masterKeysOf(env);
  const publicUrl = `${env['PUBLIC_SCHEME'] || 'https'}://${env['ARTDAG_DOMAIN'] || 'artdag.rose-ash.com'}`;
  const database = openDatabase({ databaseUrl: databaseUrlOf(env), max: 2, applicationName: 'artdag-admin' });
  try {
    return await work({
      ...{ keys, publicUrl, execute: executeOn(database.pool) },
      transaction: (inside) => database.pgTransaction((client) => inside(executeOn(client))),
    });
  } finally {
    await database.close();
  }
}

function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  const url = readSecret(env, 'DATABASE_URL');
  if (url !== undefined && URL.canParse(url)) return url;
  throw new CliError("Set DATABASE_URL to identity's: postgresql://login:password@host:port/database.");
}

function masterKeysOf(env: NodeJS.ProcessEnv): MasterKeys {
  const text =
    readSecret(env, 'DATA_ENCRYPTION_KEY') ?? readFromDataFolder(env, 'secrets', 'data_encryption_key') ?? '';
  const sealing = decodeMasterKey(text);
  const others = decodeMasterKeys(readSecret(env, 'DATA_ENCRYPTION_KEY_OTHERS') ?? '');
  if (sealing === undefined) throw new CliError(`Set DATA_ENCRYPTION_KEY to identity's; it ${masterKeyForm}.`);
  if (others === undefined) throw new CliError(`DATA_ENCRYPTION_KEY_OTHERS ${masterKeyForm}, several with commas.`);
  return masterKeys(sealing, others);
}

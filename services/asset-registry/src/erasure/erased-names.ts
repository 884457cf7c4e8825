import { hash, randomBytes } from 'node:crypto';
import { envelopePrefix, openEnvelope, rewrapEnvelope, sealEnvelope, type MasterKeys } from '@artdag/envelope';
import { ConfigError } from '@artdag/service-kit';
import type { NameKeyRepository } from './name-key.repository.ts';

/** Erased names, which stay taken; there is no more of them than digests. */
export interface ErasedNames {
  /** Before anything is registered. @throws ConfigError when the key that they are kept under cannot be opened */
  start(): Promise<void>;
  /** SHA3-256 of a key and the name, 32 bytes: a keyed hash, as SHA-3 has no length extension. A sixth of what `createHmac` costs. */
  digestOf(name: string): Buffer;
  /** When a name was erased; null when it was not. */
  erasedAt(name: string): Promise<Date | null>;
}

const context = 'registry/name_key';
const maxTries = 5;

/**
 * The key is of this installation and never changes: a name of which only the digest is left cannot be digested anew. It rests in the database
 * under the master key; one that another master key has sealed is put under the present one at the start.
 */
export function createErasedNames(repository: NameKeyRepository, masterKeys: MasterKeys): ErasedNames {
  let key: Buffer | undefined;
  const digestOf = (name: string): Buffer => {
    if (key === undefined) throw new Error('Names cannot be digested before the key is there.');
    return hash('sha3-256', Buffer.concat([key, Buffer.from(name)]), 'buffer');
  };
  return {
    async start() {
      key ??= await loadKey(repository, masterKeys);
    },
    digestOf,
    erasedAt: (name) => repository.closedAt(digestOf(name)),
  };
}

async function loadKey(repository: NameKeyRepository, masterKeys: MasterKeys): Promise<Buffer> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const sealed = await repository.find();
    if (sealed === null) {
      await repository.insert(sealEnvelope(masterKeys, context, randomBytes(32)));
      continue;
    }
    const key = open(masterKeys, sealed);
    if (key === null) {
      await forget(repository, masterKeys, sealed);
      continue;
    }
    if (!sealed.startsWith(envelopePrefix(masterKeys.sealing.id))) {
      await repository.replace(sealed, rewrapEnvelope(masterKeys, context, sealed));
    }
    return key;
  }
  throw new Error('The key of erased names keeps changing.');
}

function open(masterKeys: MasterKeys, sealed: string): Buffer | null {
  try {
    return openEnvelope(masterKeys, context, sealed);
  } catch {
    return null;
  }
}

/** A key that nothing depends on yet makes room for another. */
async function forget(repository: NameKeyRepository, masterKeys: MasterKeys, sealed: string): Promise<void> {
  if (await repository.isUsed()) {
    throw new ConfigError([
      'DATA_ENCRYPTION_KEY: is not the one under which erased names are kept; add that one to DATA_ENCRYPTION_KEY_OTHERS',
    ]);
  }
  await repository.replace(sealed, sealEnvelope(masterKeys, context, randomBytes(32)));
}

import { createKeyFiles, type KeyFiles } from '@artdag/actor-keys';
import { masterKeys, type MasterKeys } from '@artdag/envelope';
import { requireService } from '@artdag/actor-context';
import { ConfigError } from '@artdag/service-kit';
import { rewrapKeysRoute } from '../admin/rewrap-keys.route.ts';
import { rotateActorKeysRoute } from '../admin/rotate-actor-keys.route.ts';
import type { Config } from '../config.ts';
import { createConsumers } from '../consumers/create-consumers.ts';
import type { Part, Shared } from '../part.ts';
import { createSigner } from '../signing/signer.ts';
import { signRoute } from '../signing/sign.route.ts';
import { actorKeyRepository as repository } from './actor-key.repository.ts';
import { actorNewsRepository as news } from './actor-news.repository.ts';
import { createDatabaseKeyStore } from './database-key-store.ts';
import { createFileKeyStore } from './file-key-store.ts';
import { getActorKeysRoute } from './get-actor-keys.route.ts';
import { createKeyMaker } from './key-maker.ts';
import { sealedKeysRepository as sealed } from './sealed-keys.repository.ts';
import { createSigningKeys } from './signing-keys.ts';
import { watchKeySets } from './watch-key-sets.ts';

/** What a test replaces. */
export interface ActorKeysOverrides {
  files?: KeyFiles;
  /** How many private keys are held in memory, default 10,000. */
  maxHeldKeys?: number;
}

/** Cache `actor-keys` of `cache:invalidate`; its key is the actor's id. */
const cache = 'actor-keys';

/** The actors' own keys: made, kept, rotated, and every signature with them. */
export function composeActorKeys(shared: Shared, overrides: ActorKeysOverrides = {}): Part {
  const { config, execute, transaction, now, logger, actors, transport, invalidations } = shared;
  const { publicUrl } = config;
  const files = overrides.files ?? createKeyFiles(config.dataDir);
  const opening = masterKeysOf(config);
  const store =
    config.keyStore === 'file' ? createFileKeyStore(files, now) : createDatabaseKeyStore(required(opening), execute);
  const making = { repository, store, publicUrl, now, execute, transaction };
  const maker = createKeyMaker(making);
  const keys = createSigningKeys({ repository, execute, maker, store, maxKeys: overrides.maxHeldKeys });
  const watch = watchKeySets({ repository, execute, keys, logger, now });
  invalidations.on(cache, (actorId) => keys.forget(actorId));
  // Nothing held is wrong for sure: what has changed is looked up at once.
  invalidations.onGap(() => watch.wake());

  const onFailure = (error: unknown): void => {
    logger.warn('An item could not be signed.', { error });
  };
  const announce = (actorId: string): Promise<void> => invalidations.announce(cache, actorId);
  const signers = requireService('asset-registry', 'federation', 'l1-bridge');
  const admin = requireService('admin');
  return {
    routes(app) {
      const signing = { repository, news, execute, now, keys, actors, signer: createSigner(), onFailure };
      app.post('/internal/sign', signers, signRoute(signing));
      const look = getActorKeysRoute({ repository, execute, maker, actors });
      app.get('/internal/identity/actor-keys/:actorId', signers, look);
      app.post('/internal/admin/actor-keys/rotate', admin, rotateActorKeysRoute({ ...making, logger, announce }));
      const rewrapping = { sealed, masterKeys: opening, execute, transaction };
      app.post('/internal/admin/actor-keys/rewrap', admin, rewrapKeysRoute(rewrapping));
    },
    consumers: createConsumers({ transport, transaction, execute, logger, news, maker, actors, now }),
    async start() {
      if (config.keyStore === 'file') await files.sweep(now());
      watch.start();
    },
    stop: () => watch.stop(),
  };
}

function masterKeysOf({ dataEncryptionKey, otherDataEncryptionKeys }: Config): MasterKeys | undefined {
  return dataEncryptionKey === undefined ? undefined : masterKeys(dataEncryptionKey, otherDataEncryptionKeys);
}

function required(keys: MasterKeys | undefined): MasterKeys {
  if (keys === undefined) throw new ConfigError(['DATA_ENCRYPTION_KEY: is not set, wants 32 bytes']);
  return keys;
}

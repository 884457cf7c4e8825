import { checkpointText, formatNote, openCheckpoint, parseVkey, type ReadTiles } from '@artdag/transparency-log';
import { KeyChanged, type ClaimSigner } from '../signing/claim-signer.ts';
import type { CheckpointStore } from './checkpoints.ts';
import { logActorId, type LogKeySet } from './log-key.ts';
import { assertContinues } from './sequencer.ts';

export interface CheckpointSignerDeps {
  /** The log's own. */
  origin: string;
  checkpoints: CheckpointStore;
  readTiles: ReadTiles;
  lookUpKeys: () => Promise<LogKeySet>;
  signer: ClaimSigner;
}

export interface CheckpointSigner {
  /**
   * Has what the sequencer left unsigned signed by identity, with no transaction open, and stores the signature; only then is it served. Replicas
   * that do so at once get the same signature, as Ed25519 is deterministic.
   *
   * @returns whether something was signed
   * @throws Error when the tree does not continue the last signed one, identity cannot sign, or its signature is not the key's
   */
  signCheckpoint(): Promise<boolean>;
}

const maxAttempts = 3;

export function createCheckpointSigner(deps: CheckpointSignerDeps): CheckpointSigner {
  let known: LogKeySet | undefined;

  const sign = async (text: string, attempt = 1): Promise<{ note: string; keys: LogKeySet }> => {
    const keys = (known ??= await deps.lookUpKeys());
    const { vkey, keyId } = keys.primary;
    const key = parseVkey(vkey);
    try {
      const signature = await deps.signer.sign({ actorId: logActorId, keyId, data: Buffer.from(text) });
      const note = formatNote({ text, signatures: [{ name: key.name, id: key.id, signature }] });
      openCheckpoint(note, [key]);
      return { note, keys };
    } catch (error) {
      known = undefined;
      if (error instanceof KeyChanged && attempt < maxAttempts) return await sign(text, attempt + 1);
      throw error;
    }
  };

  return {
    async signCheckpoint() {
      const unsigned = await deps.checkpoints.findUnsigned();
      if (unsigned === undefined) return false;
      const { head, last } = unsigned;
      // The sequencer has asked so already, of the one that was last then.
      await assertContinues(last, head, deps.readTiles);
      const { note, keys } = await sign(checkpointText({ origin: deps.origin, ...head }));
      await deps.checkpoints.store({ ...head, note }, keys);
      return true;
    },
  };
}

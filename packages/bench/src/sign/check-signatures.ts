import { verify } from 'node:crypto';
import { batchSize, type Batch } from './signers.ts';

const algorithms = { rsa: 'rsa-v1_5-sha256', ed25519: 'ed25519' } as const;
/** Base64 of 256 and of 64 bytes. */
const shapes = { rsa: /^[A-Za-z0-9+/]{342}==$/, ed25519: /^[A-Za-z0-9+/]{86}==$/ } as const;
/** One signature of so many answers is verified by its public key. */
const verifyEvery = 10;

interface Answer {
  signatures: { key_id?: string; alg?: string; signature?: string }[];
}

/** Judges the answers to batches: every signature's shape, and a sample's truth. */
export function createSignatureCheck(): {
  check(status: number, text: string, batch: Batch): void;
  verified(): number;
} {
  let answers = 0;
  let verified = 0;
  return {
    verified: () => verified,
    check(status, text, { items }) {
      if (status !== 200) throw new Error(`POST /internal/sign answered ${status}: ${text.slice(0, 500)}`);
      const { signatures } = JSON.parse(text) as Answer;
      if (signatures.length !== batchSize) throw new Error(`${signatures.length} results for ${batchSize} items`);
      for (const [place, { signer, kind }] of items.entries()) {
        const { key_id: keyId, alg, signature = '' } = signatures[place] ?? {};
        if (keyId !== signer.keys[kind].keyId || alg !== algorithms[kind] || !shapes[kind].test(signature))
          throw new Error(`not a signature: ${JSON.stringify(signatures[place])}`);
      }
      answers += 1;
      if (answers % verifyEvery !== 1) return;
      const place = (answers * 7) % batchSize;
      const { signer, kind, data } = items[place] as Batch['items'][number];
      const signature = Buffer.from(signatures[place]?.signature ?? '', 'base64');
      const digest = kind === 'rsa' ? 'sha256' : null;
      if (!verify(digest, data, signer.keys[kind].publicKey, signature)) throw new Error('a signature does not verify');
      verified += 1;
    },
  };
}

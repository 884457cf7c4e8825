import { createPublicKey, verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Head } from './rfc6962.ts';

/** A checkpoint as somebody was served it. */
export interface Served extends Head {
  origin: string;
  note: string;
}

const everyMs = 10;
const timeoutMs = 10_000;

export interface LogObserver {
  /** Every checkpoint so far, as they came. */
  readonly served: readonly Served[];
  /** Ends it; resolves to how often it has asked. */
  stop(): Promise<number>;
}

/** Asks one server after the other for the log's checkpoint, all the time, and keeps each one that it has not just seen. */
export function observeLog(urls: readonly string[]): LogObserver {
  const served: Served[] = [];
  let polls = 0;
  const watching = { stopped: false };
  const watch = async (): Promise<void> => {
    while (!watching.stopped) {
      const note = await fetchNote(urls[polls % urls.length] ?? '').catch(() => undefined);
      polls += 1;
      if (note !== undefined && note !== served.at(-1)?.note) served.push(parseServed(note));
      await sleep(everyMs);
    }
  };
  const ended = watch();
  return {
    served,
    async stop() {
      watching.stopped = true;
      await ended;
      return polls;
    },
  };
}

async function fetchNote(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/log/checkpoint`, { signal: AbortSignal.timeout(timeoutMs) });
  const body = await answer.text();
  return answer.status === 200 ? body : undefined;
}

function parseServed(note: string): Served {
  const [origin = '', size = '', root = '', blank] = note.split('\n');
  if (blank !== '' || !/^(0|[1-9]\d*)$/.test(size)) throw new Error(`not a checkpoint: ${note}`);
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), note };
}

/** Whether a checkpoint's only signature is by this verifier key (C2SP signed-note, Ed25519). */
export function isSignedBy(vkey: string, { note, origin }: Served): boolean {
  // The key itself may have a plus too.
  const [, name, id = '', encodedKey = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const [text = '', signatures = ''] = note.split('\n\n');
  const [, signer, encoded = ''] = /^— (\S+) (\S+)\n$/.exec(signatures) ?? [];
  const signed = Buffer.from(encoded, 'base64');
  const x = Buffer.from(encodedKey, 'base64').subarray(1).toString('base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  const isOurs = signer === name && origin === name && signed.toString('hex', 0, 4) === id;
  return isOurs && verify(null, Buffer.from(`${text}\n`), key, signed.subarray(4));
}

/** All entries of the log, from its bundles. */
export async function fetchEntries(url: string, size: number): Promise<Buffer[]> {
  const entries: Buffer[] = [];
  for (let index = 0; entries.length < size; index += 1) {
    const width = Math.min(256, size - entries.length);
    const [thousands, ones] = [Math.floor(index / 1_000), String(index % 1_000).padStart(3, '0')];
    const place = `${thousands > 0 ? `x${String(thousands).padStart(3, '0')}/` : ''}${ones}`;
    const answer = await fetch(`${url}/log/tile/entries/${place}${width < 256 ? `.p/${width}` : ''}`);
    if (answer.status !== 200) throw new Error(`bundle ${index}: ${answer.status}`);
    const bundle = Buffer.from(await answer.arrayBuffer());
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
      entries.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)));
    }
  }
  return entries;
}

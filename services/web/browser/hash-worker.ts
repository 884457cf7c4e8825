/* Hashes one file, away from the page, so that the page stays responsive. The file is read here and nowhere else. */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { HashNews } from './hash-news.ts';
import { readChunks } from './read-chunks.ts';
import { Sha3 } from './sha3.ts';

/** How much is read between two words on how far it is. */
const saidEveryBytes = 4 * 1024 * 1024;

const say = (news: HashNews): void => postMessage(news);

addEventListener('message', ({ data }: MessageEvent<File>) => void hash(data));

async function hash(file: File): Promise<void> {
  try {
    const state = new Sha3();
    let read = 0;
    let said = 0;
    for await (const chunk of readChunks(file)) {
      state.update(chunk);
      read += chunk.length;
      if (read - said < saidEveryBytes) continue;
      said = read;
      say({ read });
    }
    // Browsers that do not notice a change give what is there now.
    if (read !== file.size) say({ failed: 'OtherSize' });
    else say({ hash: bytesToHex(state.digest()) });
  } catch (error) {
    say({ failed: await whyNot(file, error) });
  }
}

/** Streams that break say nothing of why; reading once more in another way does. */
async function whyNot(file: File, error: unknown): Promise<string> {
  const nameOf = (reason: unknown): string => (reason instanceof Error ? reason.name : String(reason));
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(() => nameOf(error), nameOf);
}

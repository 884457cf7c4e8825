import type { Logger } from '@artdag/service-kit';
import { BoundedMap } from '../bounded-map.ts';

export interface VerifiedMarks {
  /** A token was good: its attachment is verified if it is not yet. Costs nothing but the first time. */
  note(jti: string): void;
  /** Writes what waits to be written. */
  flush(): Promise<void>;
}

export interface VerifiedMarksDeps {
  write: (jtis: readonly string[]) => Promise<void>;
  logger: Logger;
}

const maxRemembered = 100_000;
const batchSize = 500;
const waitMs = 10;

/** Marks attachments after the answer, many in one statement, each once. What could not be written is tried at the token's next use. */
export function createVerifiedMarks({ write, logger }: VerifiedMarksDeps): VerifiedMarks {
  const noted = new BoundedMap<true>({ max: maxRemembered });
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchSize);
      try {
        await write(batch);
      } catch (error) {
        for (const jti of batch) noted.delete(jti);
        logger.warn('attachments could not be marked as verified; they are at the next use of their tokens', { error });
      }
    }
  }
  function start(): Promise<void> {
    writing ??= new Promise<void>((resolve) => setTimeout(resolve, waitMs)).then(writeAll).finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    note(jti) {
      if (noted.has(jti)) return;
      noted.set(jti, true);
      waiting.push(jti);
      void start();
    },
    async flush() {
      await writing;
      await writeAll();
    },
  };
}

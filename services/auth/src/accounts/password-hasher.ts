import { randomBytes } from 'node:crypto';
import { hash, verify, type Options } from '@node-rs/argon2';
import { AppError } from '@artdag/service-kit';
import { createGate } from './gate.ts';

export interface PasswordHasher {
  /** Prepares what the first unknown user must not wait for. */
  start(): Promise<void>;
  /** PHC text of argon2id. @throws AppError 429 `busy` */
  hash(password: string): Promise<string>;
  /** Without a stored hash the same work is done on a hash of nobody's, and the answer is false. @throws AppError 429 `busy` */
  verify(stored: string | null, password: string): Promise<boolean>;
}

/** argon2id (the library's default) as OWASP advises: 19 MiB, two passes, one lane; some 30 ms of one core. */
const argon2id: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface PasswordHasherOptions {
  /** How many hashes are made at once: the number of cores. */
  atOnce: number;
  /** How many callers may wait beyond those. */
  maxWaiting: number;
  /** Called once per hash that is computed. */
  onWork: () => void;
}

/** Hashes off the event loop and within bounds, so that a flood of logins can take neither all memory nor all time. */
export function createPasswordHasher(o: PasswordHasherOptions): PasswordHasher {
  const gate = createGate(o.atOnce, o.maxWaiting);
  let nobody = '';
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    const pass = gate.enter();
    if (pass === null) throw busy();
    await pass;
    try {
      o.onWork();
      return await work();
    } finally {
      gate.leave();
    }
  };
  return {
    async start() {
      nobody = await hash(randomBytes(16), argon2id);
    },
    hash: (password) => bounded(() => hash(normalise(password), argon2id)),
    async verify(stored, password) {
      const same = await bounded(() => verify(stored ?? nobody, normalise(password)));
      return same && stored !== null;
    },
  };
}

/** The same password typed on two systems may come in two Unicode forms (NIST SP 800-63B §5.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}

function busy(): AppError {
  const message = 'Too many logins at this moment; try again in a second.';
  return new AppError('busy', 429, message, { headers: { 'retry-after': '1' } });
}

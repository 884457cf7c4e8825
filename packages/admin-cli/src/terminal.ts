import type { Readable, Writable } from 'node:stream';

/** Everything that a command touches of its surroundings, passed in so that a test can watch it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdout: Writable;
  stderr: Writable;
  /** Where somebody answers questions, if it is a terminal. */
  stdin?: Readable & { isTTY?: boolean };
}

import type { PasswordHasher } from './password-hasher.ts';
import type { Guess, PasswordTries } from './password-tries.ts';

export interface ProvePasswordDeps {
  passwords: PasswordHasher;
  passwordTries: PasswordTries;
}

/**
 * Whether the password is the account's. A stored hash of null (nobody's) costs the same.
 *
 * @throws AppError 429 `too_many_failures`, `too_many_attempts`, `busy`
 */
export async function provePassword(
  deps: ProvePasswordDeps,
  guess: Guess,
  storedHash: string | null,
  password: string,
): Promise<boolean> {
  const attempt = await deps.passwordTries.begin(guess);
  let isRight: boolean;
  try {
    isRight = await deps.passwords.verify(storedHash, password);
  } catch (error) {
    await attempt.undecided();
    throw error;
  }
  await (isRight ? attempt.right() : attempt.wrong());
  return isRight;
}

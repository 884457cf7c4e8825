/** Something that a person has to put right before migrations can go on. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

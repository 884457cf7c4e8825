const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size in decimal units: `6.1 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes === 1) return '1 byte';
  const power = Math.min(bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** A duration, about as exact as people want it. */
export function timeInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}

/** How far it is, how fast, and how long it will take. */
export function progressInWords(read: number, size: number, elapsedMs: number): string {
  const speed = read / elapsedMs;
  const rest =
    read === 0
      ? ''
      : `, ${sizeInWords(Math.round(speed * 1000))} a second, about ${timeInWords((size - read) / speed)} left`;
  return `${sizeInWords(read)} of ${sizeInWords(size)}${rest}`;
}

/** What is to be said of a file that was hashed. */
export function hashedWords(name: string, size: number, elapsedMs: number): string {
  if (size === 0) return `${name} is empty: its hash is that of every empty file. Is it the right one?`;
  return `${name} is hashed: ${sizeInWords(size)} in ${timeInWords(elapsedMs)}. All of it has stayed here.`;
}

const failures: Record<string, string> = {
  NotFoundError: 'is not there any more. Choose it again.',
  NotReadableError: 'cannot be read, or was changed meanwhile. Choose it again when it is complete.',
  NotAllowedError: 'may not be read by this browser.',
  OtherSize: 'was changed while it was read. Choose it again when it is complete.',
  NoWorker: 'cannot be hashed by this browser. Make the hash yourself, as said below.',
};

/** Why a file was not hashed, and what to do. */
export function failureWords(name: string, why: string): string {
  return `${name} ${failures[why] ?? `could not be hashed (${why}). Choose it again.`}`;
}

/** api.md §3. */
export const maxLines = 10_000;
export const maxLineBytes = 16 * 1024;
/** Each line with its end, which may be two characters. */
export const maxBatchBytes = maxLines * (maxLineBytes + 2);

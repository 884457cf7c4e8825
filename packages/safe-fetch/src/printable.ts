/** A stranger's text for a message: short, and without anything that could pass for another line of a log. */
export function printable(text: string): string {
  return text.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?');
}

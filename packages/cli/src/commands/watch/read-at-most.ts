import { CliError } from '../../cli-error.ts';

/** The body of an answer. @throws CliError when it is longer than that, or breaks off */
export async function readAtMost(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new CliError(`the answer of ${response.url} broke off.`);
  }
  if (length > maxBytes) throw new CliError(`${response.url} answered with more than ${maxBytes} bytes.`);
  return Buffer.concat(chunks);
}

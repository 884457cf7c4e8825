/** A request as far as a delivery needs one. */
export interface Delivered {
  target: string;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

const END_OF_HEAD = '\r\n\r\n';

/** Reads the requests of one connection, each with a `Content-Length`, out of the pieces in which they come. */
export function createRequestReader(onRequest: (request: Delivered) => void): (piece: Buffer) => void {
  let left: Buffer = Buffer.alloc(0);
  return (piece) => {
    left = left.length === 0 ? piece : Buffer.concat([left, piece]);
    for (let found = readOne(left); found !== undefined; found = readOne(left)) {
      left = left.subarray(found.length);
      onRequest(found.request);
    }
  };
}

function readOne(bytes: Buffer): { request: Delivered; length: number } | undefined {
  const endOfHead = bytes.indexOf(END_OF_HEAD);
  if (endOfHead === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, endOfHead).split('\r\n');
  const headers = new Map(lines.map(toField));
  const begin = endOfHead + END_OF_HEAD.length;
  const length = begin + Number(headers.get('content-length') ?? 0);
  if (bytes.length < length) return undefined;
  return { request: { target: first.split(' ')[1] ?? '', headers, body: bytes.subarray(begin, length) }, length };
}

function toField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

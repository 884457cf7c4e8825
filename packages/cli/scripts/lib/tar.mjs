const blockBytes = 512;

/** The time that npm gives to the files of its packages: a time of 0 confuses some tools. */
const modifiedAt = Date.UTC(1985, 9, 26, 8, 15) / 1000;

/**
 * A tar archive (POSIX.1-1988 ustar) of files that belong to nobody and were never changed, so that the same files make the same bytes.
 *
 * @param files `{ path, bytes, isExecutable? }`; paths of at most 100 bytes
 */
export function tar(files) {
  const entries = files.flatMap((file) => [header(file), file.bytes, padding(file.bytes.length)]);
  return Buffer.concat([...entries, Buffer.alloc(2 * blockBytes)]);
}

function header({ path, bytes, isExecutable = false }) {
  const block = Buffer.alloc(blockBytes);
  const octal = (value, digits) => value.toString(8).padStart(digits, '0');
  block.write(path, 0);
  block.write(octal(isExecutable ? 0o755 : 0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes.length, 11), 124);
  block.write(octal(modifiedAt, 11), 136);
  // The sum counts its own field as blanks.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0`, 148);
  return block;
}

function padding(length) {
  return Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes);
}

/** A command of a README and the output that the README says it has. */
export interface Step {
  command: string;
  output: string[];
}

/** The ```` ```console ```` blocks of a Markdown text: lines that begin with `$ ` are commands, the others their output. */
export function consoleSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  for (const [, block = ''] of markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] });
      else steps.at(-1)?.output.push(line);
    }
  }
  return steps;
}

/** A page's text with other ports, as its own may be taken: `{ 8200: 41234 }`. */
export function atPorts(text: string, ports: Readonly<Record<number, number>>): string {
  return Object.entries(ports).reduce((moved, [shown, port]) => moved.replaceAll(shown, String(port)), text);
}

/** What differs from run to run, made alike: ids, times, keys, the data folder and the reader's own. Blanks at the ends of lines and lengths of padding do not count. */
export function withoutChance(line: string): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/data in \S+\)/, 'data in <folder>)')
    .replace(/\S+(?=\/\.artdag\/)/g, '<home>')
    .replace(/\S+(?=\/(?:first-light\.json|laptop\.pem|series\/\d))/g, '<home>')
    .replace(/\b(key|sto)_[0-9a-z]{26}\b/g, '<$1>')
    .replace(/sha256:[0-9a-f]{64}/g, '<fingerprint>')
    .replace(/^(public key +)\S+$/, '$1<key>')
    .trimEnd();
}

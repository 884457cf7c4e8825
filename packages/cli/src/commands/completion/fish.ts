import { flatten, type TreeCommand, type TreeOption, type Value } from './command-tree.ts';

/** A script for fish 3. */
export function fishScript(tree: TreeCommand): string {
  const all = flatten(tree);
  const ways = all.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  return `# fish completion for artdag: artdag completion fish | source
function __artdag_at
    set -l at
    for word in (commandline -opc)[2..-1]
        switch (string trim -- "$at $word")
            case ${ways.join(' ')}
                set at $at $word
        end
    end
    test "$at" = "$argv[1]"
end
complete -c artdag -f
${all.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, options, commands, argument }: TreeCommand): string[] {
  const here = `complete -c artdag -n ${quote(`__artdag_at ${quote(path)}`)}`;
  const argumentWords = wordsOf(argument);
  return [
    ...commands.map(({ name, description }) => `${here} -a ${quote(name)} -d ${quote(description)}`),
    ...(argumentWords === '' ? [] : [`${here} -a ${quote(argumentWords)}`]),
    ...(argument.kind === 'file' ? [`${here} -F`] : []),
    ...options.map((option) => `${here} ${optionWords(option)}`),
  ];
}

function optionWords({ flags, description, value }: TreeOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const values = { none: '', text: ' -x', file: ' -r -F', choice: ` -x -a ${quote(wordsOf(value))}` };
  return `${names.join(' ')}${values[value.kind]} -d ${quote(description)}`;
}

function wordsOf(value: Value): string {
  return value.kind === 'choice' ? value.choices.join(' ') : '';
}

/** In fish, only these two are special between single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

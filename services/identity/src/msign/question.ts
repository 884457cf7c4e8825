/** Gathers what is wanted in one turn of the event loop into one question, and gives everybody its answer. */
export function createQuestion<T>(ask: (names: readonly string[]) => Promise<T>): (name: string) => Promise<T> {
  let open: { names: Set<string>; answer: Promise<T> } | undefined;

  const begin = (): { names: Set<string>; answer: Promise<T> } => {
    const names = new Set<string>();
    const close = (): Promise<T> => {
      open = undefined;
      return ask([...names]);
    };
    return { names, answer: Promise.resolve().then(close) };
  };

  return (name) => {
    open ??= begin();
    open.names.add(name);
    return open.answer;
  };
}

/** Orders in which a set of events may come, each of them with every event twice. */
export function orders(count: number): number[][] {
  const permute = (left: number[]): number[][] =>
    left.length === 0 ? [[]] : left.flatMap((n) => permute(left.filter((m) => m !== n)).map((rest) => [n, ...rest]));
  return permute(Array.from({ length: count }, (_, i) => i)).map((order) => [...order, ...order]);
}

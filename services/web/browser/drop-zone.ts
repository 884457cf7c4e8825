/**
 * Lets files be dropped on a part of the page, and nowhere else: a browser would leave the page for one that falls beside it. Keyboards have the
 * input, which then holds the file as if it had been chosen there.
 */
export function takeDrops(
  zone: HTMLElement,
  input: HTMLInputElement,
  on: { file: () => void; several: () => void },
): void {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const isOver = (event: DragEvent): boolean => event.target instanceof Node && zone.contains(event.target);
  document.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.toggle('over', isOver(event));
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isOver(event) ? 'copy' : 'none';
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) zone.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.remove('over');
    const [file, ...others] = event.dataTransfer?.files ?? [];
    if (!isOver(event) || file === undefined) return;
    if (others.length > 0) return on.several();
    const one = new DataTransfer();
    one.items.add(file);
    input.files = one.files;
    on.file();
  });
}

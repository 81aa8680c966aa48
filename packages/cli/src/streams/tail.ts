import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

/** Returns the position of the last `lines` lines of a file; for 0 its end. A last line without a line feed counts. */
export function positionOfLastLines(path: string, lines: number): number {
  const fd = openSync(path, "r");
  try {
    const size = fstatSync(fd).size;
    return lines === 0 ? size : findBackwards(fd, size, lines);
  } finally {
    closeSync(fd);
  }
}

function findBackwards(fd: number, size: number, lines: number): number {
  const block = Buffer.allocUnsafe(blockBytes);
  let wanted = lines;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const length = readSync(fd, block, 0, end - start, start);
    for (let i = length - 1; i >= 0; i--) {
      const isLast = start + i === size - 1; // it ends the last line and begins none
      if (block[i] === lineFeed && !isLast && --wanted === 0) return start + i + 1;
    }
    end = start;
  }
  return 0;
}

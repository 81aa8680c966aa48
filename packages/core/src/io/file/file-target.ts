import type { Logger } from "../../log/logger.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { outputLost } from "../copy/reader-policy.ts";
import { whenWritten } from "../copy/sink.ts";
import type { AppendFile } from "./append-file.ts";
import { FileSink } from "./file-sink.ts";

/** A file as the target of a copy: the output is appended to it. */
export class FileTarget implements OutputTarget {
  readonly sink: FileSink;

  /** Takes `file` over. */
  constructor(file: AppendFile, log: Logger) {
    this.sink = new FileSink(file, outputLost(log));
  }

  end(delivered: () => void): void {
    whenWritten(this.sink, () => {
      delivered();
      this.sink[Symbol.dispose]();
    });
  }

  [Symbol.dispose](): void {
    this.sink[Symbol.dispose]();
  }
}

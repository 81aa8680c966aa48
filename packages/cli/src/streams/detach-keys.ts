import { invalidArgument } from "@dunnage/core";

/** Docker's default. */
export const defaultDetachKeys = "ctrl-p,ctrl-q";

const controls = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

/**
 * Reads a sequence of keys: single characters and `ctrl-` with one of a–z @ [ \ ] ^ _, separated by commas. Empty:
 * none.
 * @returns one byte per key.
 * @throws {StatusError} InvalidArgument – names the part that is no key.
 * @see https://docs.docker.com/reference/cli/docker/container/attach/#detach-keys
 */
export function parseDetachKeys(text: string): Buffer {
  if (text === "") return Buffer.alloc(0);
  return Buffer.from(
    text.split(",").map((key) => {
      const control = /^ctrl-(.)$/i.exec(key)?.[1];
      if (control !== undefined && controls.includes(control.toLowerCase())) {
        return controls.indexOf(control.toLowerCase());
      }
      if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
      throw invalidArgument(
        `detach keys ${JSON.stringify(text)}: ${JSON.stringify(key)} is no key; as in ${defaultDetachKeys}`,
      );
    }),
  );
}

/**
 * Finds a sequence of keys in typed input. Keys that might begin it are held back until it is clear that they do not.
 */
export class DetachKeys {
  readonly #keys: Buffer;
  #matched = 0;

  constructor(keys: Buffer) {
    this.#keys = keys;
  }

  /** Returns what has to be passed on, and whether the sequence is complete. Input after the sequence is dropped. */
  feed(chunk: Buffer): { readonly passed: Buffer; readonly isComplete: boolean } {
    const passed: number[] = [];
    if (this.#keys.length === 0) return { passed: chunk, isComplete: false };
    for (const byte of chunk) {
      this.#step(byte, passed);
      if (this.#matched === this.#keys.length) return { passed: Buffer.from(passed), isComplete: true };
    }
    return { passed: Buffer.from(passed), isComplete: false };
  }

  #step(byte: number, passed: number[]): void {
    // Keep the longest suffix of the input that is a prefix of the sequence. For keys like a,a,b it is not always
    // empty.
    let held = [...this.#keys.subarray(0, this.#matched), byte];
    while (held.length > 0 && !this.#keys.subarray(0, held.length).equals(Buffer.from(held))) {
      passed.push(held[0] as number);
      held = held.slice(1);
    }
    this.#matched = held.length;
  }
}

import { join } from "node:path";
import { invalidArgument } from "../../errors/errors.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { CheckpointRequest } from "../../runtime/runtime.ts";
import { parseJsonObject } from "../../spec/json-object.ts";
import { readDeviceFile } from "../../spec/read-regular-file.ts";
import { writeDeviceFile } from "../../spec/write-file.ts";
import type { OuterStream } from "./outer-streams.ts";

/** What was in use when the image was written, and must be allowed again at its restore. */
export type Allowed = Pick<
  CheckpointRequest,
  "openTcp" | "externalUnixSockets" | "terminal" | "fileLocks" | "emptyNamespaces" | "cgroupsMode"
>;

/**
 * What a restore has to know about a checkpoint in addition to the image. It is a file of ours in the image's
 * directory, so that it travels with the image.
 */
export interface ImageNotes {
  readonly version: 1;
  readonly streams: readonly OuterStream[];
  readonly allowed: Allowed;
}

const none: Allowed = {
  openTcp: false,
  externalUnixSockets: false,
  terminal: false,
  fileLocks: false,
  emptyNamespaces: [],
  cgroupsMode: "",
};

const notesPath = (imagePath: string): string => join(imagePath, "dunnage.json");

/** @throws {StatusError} Unknown – the notes could not be written. */
export async function writeImageNotes(
  imagePath: string,
  streams: readonly OuterStream[],
  request: CheckpointRequest,
): Promise<void> {
  const allowed = Object.fromEntries(Object.keys(none).map((key) => [key, request[key as keyof Allowed]]));
  const text = JSON.stringify({ version: 1, streams, allowed });
  await writeDeviceFile(notesPath(imagePath), text, "notes of the checkpoint");
}

/**
 * Reads the notes. An image of another shim has none; then nothing is allowed.
 * @throws {StatusError} InvalidArgument – the file is not in the format that we write.
 */
export async function readImageNotes(imagePath: string): Promise<ImageNotes> {
  const path = notesPath(imagePath);
  let text: string;
  try {
    text = await readDeviceFile(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return { version: 1, streams: [], allowed: none };
    throw invalidArgument(`checkpoint's ${path}: ${(error as Error).message}`);
  }
  const notes = parseJsonObject(text, `checkpoint's ${path}`) as Partial<ImageNotes>;
  if (!areNotes(notes)) throw invalidArgument(`checkpoint's ${path}: not notes of version 1`);
  return { ...notes, allowed: { ...none, ...notes.allowed } };
}

// They become lines of CRIU's configuration and flags of the runtime, and the image may come from any source.
function areNotes(notes: Partial<ImageNotes>): notes is ImageNotes {
  const { version, streams, allowed } = notes;
  if (version !== 1 || !Array.isArray(streams) || typeof allowed !== "object" || allowed === null) return false;
  const words = [...[allowed.emptyNamespaces ?? []].flat(), allowed.cgroupsMode ?? ""];
  return words.every((word) => /^[a-z]*$/.test(word)) && streams.every(isStream);
}

function isStream(stream: Partial<OuterStream> | null): boolean {
  const { fd, key, mode } = stream ?? {};
  return [0, 1, 2].includes(fd ?? -1) && /^file\[[0-9a-f]+:[0-9a-f]+\]$/.test(key ?? "") && Number.isInteger(mode);
}

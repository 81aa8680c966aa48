import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { FileFollower } from "../../src/streams/follow-file.ts";

/** A file, the text that a follower has read from it, and a way to wait for that text. */
class Followed implements Disposable {
  readonly path: string;
  text = "";
  readonly #dir = mkdtempSync(join(tmpdir(), "dunnage-follow-"));

  constructor(content: string) {
    this.path = join(this.#dir, "file");
    writeFileSync(this.path, content);
  }

  open(position?: number): Promise<FileFollower> {
    const write = async (chunk: Buffer): Promise<void> => {
      const copy = chunk.toString(); // the chunk is valid only until this resolves
      await turn();
      this.text += copy;
    };
    return FileFollower.open(this.path, write, position);
  }

  /** Waits until this text was read; ava's timeout ends the wait if it never is. */
  async reads(text: string): Promise<void> {
    while (this.text !== text) await turn();
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true });
  }
}

test("FileFollower – reads what is there and what comes, until it is asked to finish", async (t) => {
  using file = new Followed("one\n");
  const follower = await file.open(0);
  const run = follower.run(file.path);
  await file.reads("one\n");
  appendFileSync(file.path, "two\n");
  await file.reads("one\ntwo\n");
  appendFileSync(file.path, "three\n");
  follower.finish();
  await run;
  t.is(file.text, "one\ntwo\nthree\n");
});

test("FileFollower – begins at the end as it was when it was opened – no position", async (t) => {
  using file = new Followed("before\n");
  const follower = await file.open();
  appendFileSync(file.path, "after\n");
  follower.finish();
  await follower.run(file.path);
  t.is(file.text, "after\n");
});

test("FileFollower – begins again – file cut to nothing", async (t) => {
  using file = new Followed("old old old\n");
  const follower = await file.open(0);
  const run = follower.run(file.path);
  await file.reads("old old old\n");
  truncateSync(file.path);
  appendFileSync(file.path, "new\n");
  await file.reads("old old old\nnew\n");
  follower.finish();
  await run;
  t.pass();
});

test("FileFollower – rejects with what the writer rejects with", async (t) => {
  using file = new Followed("x");
  const follower = await FileFollower.open(file.path, () => Promise.reject(new Error("closed")), 0);
  await t.throwsAsync(follower.run(file.path), { message: "closed" });
});

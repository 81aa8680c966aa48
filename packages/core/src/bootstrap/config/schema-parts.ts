import * as v from "valibot";
import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";

/** A non-empty text. */
export const text = v.pipe(v.string("must be a text"), v.nonEmpty("must not be empty"));

/** One of the given texts. */
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `must be ${options.map((option) => `"${option}"`).join(" or ")}`);

/** A duration such as `30s`, converted to ms. */
export const duration = v.pipe(
  v.string('must be a text with a unit, for example "30s"'),
  v.check((value) => parseDuration(value) !== undefined, 'must be a duration such as "250ms", "30s" or "1m30s"'),
  v.transform((value) => parseDuration(value) as number),
);

/** A size such as `4KiB`, converted to bytes. */
export const size = v.pipe(
  v.string('must be a text with a unit, for example "1MiB"'),
  v.check((value) => parseSize(value) !== undefined, 'must be a size from "4KiB" to "1GiB"'),
  v.transform((value) => parseSize(value) as number),
);

/** A table whose keys the reader of the file does not know. */
export const table = v.record(v.string(), v.unknown(), "must be a table");

/** A list of texts. */
export const texts = v.array(text, "must be a list of texts");

import test from "ava";
import { parseSize } from "../../../src/bootstrap/config/size.ts";

const parses = test.macro((t, text: string, bytes: number | undefined) => {
  t.is(parseSize(text), bytes);
});

test("parseSize – KiB", parses, "4KiB", 4096);
test("parseSize – MiB", parses, "3MiB", 3 * 1024 * 1024);
test("parseSize – GiB", parses, "1GiB", 1024 ** 3);
test("parseSize – undefined – too small", parses, "3KiB", undefined);
test("parseSize – undefined – too large", parses, "2GiB", undefined);
test("parseSize – undefined – another unit", parses, "1MB", undefined);
test("parseSize – undefined – a fraction", parses, "1.5MiB", undefined);
test("parseSize – undefined – no unit", parses, "4096", undefined);
test("parseSize – undefined – more than a size", parses, "4KiB ", undefined);

import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const randomLength = 16;
const timeLength = 10;

let lastTimeMs = -1;
let lastRandom = 0n;

/**
 * Returns a new ULID: 48 bits of `timeMs` and 80 random bits in Crockford's base 32, 26 characters.
 * Ids of one process sort in the order in which they were made, even if the clock goes back.
 * @see https://github.com/ulid/spec
 */
export function newEventId(timeMs: number = Date.now()): string {
  if (timeMs > lastTimeMs) {
    lastTimeMs = timeMs;
    // The top bit stays free, so that counting up within one millisecond cannot overflow.
    lastRandom = BigInt(`0x${randomBytes(10).toString("hex")}`) >> 1n;
  } else lastRandom += 1n;
  return base32(BigInt(lastTimeMs), timeLength) + base32(lastRandom, randomLength);
}

function base32(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text;
  return text;
}
